/** In place of a package that does the same for older browsers. */
export default structuredClone;
