# lm-eval with tasks of our own, so that no data set is downloaded, and a tokenizer made from the model's file.
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from python_checks import BASE_URL, KEY, MODEL, run_checks
from tokenizer_from_gguf import write_tokenizer

os.environ["OPENAI_API_KEY"] = KEY
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

questions = [
    {"question": "The capital of France is", "choices": ["Paris", "Berlin"], "answer": 0},
    {"question": "The color of snow is", "choices": ["black", "white"], "answer": 1},
    {"question": "Two and two are", "choices": ["four", "nine"], "answer": 0},
]


def evaluate(model, path, arguments, task, **options):
    """The scores of one task, whose questions are written beside it."""
    import lm_eval

    with TemporaryDirectory() as folder:
        file = Path(folder, "questions.jsonl")
        file.write_text("".join(json.dumps(question) + "\n" for question in questions))
        tokenizer = write_tokenizer(Path(folder, "tokenizer"))
        data = {"dataset_path": "json", "dataset_kwargs": {"data_files": {"test": str(file)}}, "test_split": "test"}
        server = {"base_url": f"{BASE_URL}/{path}", "model": MODEL, "max_retries": 1, "num_concurrent": 2}
        outcome = lm_eval.simple_evaluate(
            model=model,
            model_args={**server, **(arguments or {"tokenizer": str(tokenizer)})},
            tasks=[{**data, **task}],
            bootstrap_iters=0,
            **options,
        )
    return outcome["results"][task["task"]]


def check_chat():
    task = {
        "task": "answers",
        "output_type": "generate_until",
        "doc_to_text": "{{question}}",
        "doc_to_target": "{{choices[answer]}}",
        "generation_kwargs": {"max_gen_toks": 16, "temperature": 0, "until": ["\n"]},
        "metric_list": [{"metric": "exact_match"}],
    }
    scores = evaluate(
        "local-chat-completions", "chat/completions", {"tokenizer_backend": None}, task, apply_chat_template=True
    )
    assert 0 <= scores["exact_match,none"] <= 1, scores


def check_scores():
    task = {
        "task": "choices",
        "output_type": "multiple_choice",
        "doc_to_text": "{{question}}",
        "doc_to_target": "answer",
        "doc_to_choice": "choices",
        "metric_list": [{"metric": "acc"}],
    }
    scores = evaluate("local-completions", "completions", None, task)
    # The model knows the capital and the colour: log-probabilities of the wrong tokens would say otherwise.
    assert scores["acc,none"] >= 2 / 3, scores


run_checks(globals())
