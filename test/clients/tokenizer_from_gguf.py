# A tokenizer in Hugging Face's form, made from the vocabulary and the merges in a GGUF file with a byte-level BPE.
import os

from gguf import GGUFReader
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

CONTROL = 3


def write_tokenizer(folder):
    """Writes the tokenizer of the file that CLIENTS_GGUF names into the folder, and returns the folder."""
    fields = GGUFReader(os.environ["CLIENTS_GGUF"]).fields

    def read(name):
        return fields[f"tokenizer.ggml.{name}"].contents()

    texts = read("tokens")
    merges = [tuple(merge.split(" ")) for merge in read("merges")]
    tokenizer = Tokenizer(models.BPE({text: index for index, text in enumerate(texts)}, merges))
    steps = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    special = [text for text, kind in zip(texts, read("token_type")) if kind == CONTROL]
    end = texts[read("eos_token_id")]
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=end, additional_special_tokens=special)
    fast.save_pretrained(folder)
    return folder
