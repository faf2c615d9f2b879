export function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" fill="none" aria-hidden="true" className="logo">
      <rect width="32" height="32" rx="8" fill="#0b6b5d" />
      <path
        d="M22.6 11.2A8 8 0 1 0 24 16h-7"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="22.9" cy="8.4" r="2" fill="#ffce6b" />
    </svg>
  );
}
