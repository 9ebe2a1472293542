"""Trains one example model: a BERT-style encoder of 2 layers x 64. Usage: train.py PREPARED sentiment|issues MODEL_DIR

Writes model.onnx and prints the figures on every tenth text, which is not trained on. One thread, seeded, about a minute.
"""
import json
import math
import os
import shutil
import sys

import torch
from torch import nn

WIDTH, HEADS, LAYERS, POSITIONS = 64, 4, 2, 64
EPOCHS = {"sentiment": 14, "issues": 40}
SENTIMENTS = ["negative", "neutral", "positive"]


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)])
        self.drop = nn.Dropout(0.1)

    def forward(self, x, bias):
        texts, length = x.shape[0], x.shape[1]
        split = lambda y: y.view(texts, length, HEADS, WIDTH // HEADS).transpose(1, 2)
        scores = split(self.query(x)) @ split(self.key(x)).transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        mixed = (scores + bias).softmax(-1) @ split(self.value(x))
        x = self.norms[0](x + self.drop(self.out(mixed.transpose(1, 2).reshape(texts, length, WIDTH))))
        return self.norms[1](x + self.drop(self.down(torch.relu(self.up(x)))))


class Encoder(nn.Module):
    def __init__(self, pieces, labels):
        super().__init__()
        self.pieces, self.types = nn.Embedding(pieces, WIDTH, padding_idx=0), nn.Embedding(2, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        for table in (self.pieces, self.types, self.positions):
            nn.init.normal_(table.weight, std=0.05)
        self.norm, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, labels)

    def forward(self, input_ids, attention_mask, token_type_ids):
        place = torch.arange(input_ids.shape[1]).unsqueeze(0)
        x = self.drop(self.norm(self.pieces(input_ids) + self.positions(place) + self.types(token_type_ids)))
        mask = attention_mask.float()
        bias = (1 - mask)[:, None, None, :] * -10000.0
        for layer in self.layers:
            x = layer(x, bias)
        weight = mask.unsqueeze(2)
        return self.head((x * weight).sum(1) / weight.sum(1))


def batch_of(rows):
    length = max(len(row["ids"]) for row in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row["ids"])] = torch.tensor(row["ids"])
    return ids, (ids != 0).long(), torch.zeros_like(ids)


def main(prepared, task, model_dir):
    torch.manual_seed(7)
    torch.set_num_threads(1)
    with open(f"{prepared}/{task}/rows.ndjson") as file:
        rows = [json.loads(line) for line in file]
    with open(f"{prepared}/{task}/tokenizer.json") as file:
        pieces = len(json.load(file)["model"]["vocab"])
    labels = SENTIMENTS if task == "sentiment" else sorted({label for row in rows for label in row["labels"]})
    for row in rows:
        row["target"] = [float(label in row["labels"]) for label in labels]
    held, train = rows[::10], [row for i, row in enumerate(rows) if i % 10]
    model = Encoder(pieces, len(labels))
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05) if task == "sentiment" else nn.BCEWithLogitsLoss()
    epochs, size = EPOCHS[task], 32
    steps = epochs * math.ceil(len(train) / size)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=2e-3, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(train)).split(size):
            part = [train[i] for i in chosen]
            loss = loss_of(model(*batch_of(part)), torch.tensor([row["target"] for row in part]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(part)
        print(f"epoch {epoch + 1}: loss {total / len(train):.4f}", flush=True)
    model.eval()
    with torch.no_grad():
        logits = model(*batch_of(held))
        target = torch.tensor([row["target"] for row in held])
        if task == "sentiment":
            print(f"held out {len(held)}: accuracy {(logits.argmax(1) == target.argmax(1)).float().mean():.4f}")
        else:
            given = logits.sigmoid() >= 0.5
            hits = (given & (target > 0)).sum().item()
            print(f"held out {len(held)}: micro-F1 {2 * hits / (given.sum().item() + target.sum().item()):.4f}")
        print("labels: [" + ", ".join(labels) + "]")
    os.makedirs(model_dir, exist_ok=True)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "texts", 1: "tokens"} for name in names}
    axes["logits"] = {0: "texts"}
    torch.onnx.export(model, batch_of(held[:2]), f"{model_dir}/model.onnx", opset_version=14,
                      input_names=names, output_names=["logits"], dynamic_axes=axes)
    shutil.copy(f"{prepared}/{task}/tokenizer.json", f"{model_dir}/tokenizer.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
