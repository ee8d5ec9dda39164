"""Writes the golden files of the nn tests: what PyTorch computes, in auxgrad's layouts.

    python golden.py ../resources/golden

Needs torch and safetensors; the files were made with torch 2.13 and safetensors 0.8.
Feature maps are stored as [N,H,W,C], convolution weights as [O,KH,KW,I/groups].
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn


def to_ours(t):
    """NCHW or OIHW to NHWC or OHWI; other ranks as they are."""
    t = t.detach()
    return (t.permute(0, 2, 3, 1) if t.dim() == 4 else t).contiguous().clone()


def layer_case(out, name, module, x, training=True):
    """One layer: input, state before, output, all gradients of sum(y * dy), buffers after."""
    module.train(training)
    x = x.clone().requires_grad_(True)
    for key, value in module.state_dict().items():
        if value.dtype == torch.float32:
            out[f"{name}.state.{key}"] = to_ours(value)
    y = module(x)
    dy = torch.randn_like(y)
    (y * dy).sum().backward()
    out[f"{name}.x"], out[f"{name}.y"] = to_ours(x), to_ours(y)
    out[f"{name}.dy"], out[f"{name}.dx"] = to_ours(dy), to_ours(x.grad)
    for key, value in module.named_parameters():
        out[f"{name}.grad.{key}"] = to_ours(value.grad)
    for key, value in module.named_buffers():
        if value.dtype == torch.float32:
            out[f"{name}.after.{key}"] = to_ours(value)


def batch_norm(channels):
    bn = nn.BatchNorm2d(channels)
    with torch.no_grad():
        bn.weight.uniform_(0.5, 1.5)
        bn.bias.uniform_(-0.5, 0.5)
        bn.running_mean.uniform_(-0.5, 0.5)
        bn.running_var.uniform_(0.5, 2)
    return bn


class ConvBn(nn.Module):
    def __init__(self, conv, activation):
        super().__init__()
        self.conv, self.bn, self.activation = conv, batch_norm(conv.out_channels), activation

    def forward(self, x):
        return self.activation(self.bn(self.conv(x)))


def layers():
    torch.manual_seed(1)
    out = {}
    x = torch.randn(2, 6, 5, 6)
    layer_case(out, "conv_stride", nn.Conv2d(6, 5, 3, stride=2, padding=1), x)
    layer_case(out, "conv_dilated", nn.Conv2d(6, 4, 3, padding=2, dilation=2), x)
    layer_case(out, "conv_groups", nn.Conv2d(6, 4, 3, groups=2), x)
    layer_case(out, "conv_depthwise", nn.Conv2d(6, 6, 3, padding=1, groups=6, bias=False), x)
    layer_case(out, "linear", nn.Linear(6, 3), torch.randn(5, 6))
    layer_case(out, "bn_train", batch_norm(6), 2 * x + 1)
    layer_case(out, "bn_eval", batch_norm(6), 2 * x + 1, training=False)
    for mode in ("train", "eval"):
        conv = nn.Conv2d(6, 8, 3, stride=2, padding=1, groups=2, bias=False)
        layer_case(out, f"convbn_{mode}", ConvBn(conv, nn.ReLU6()), 4 * x, mode == "train")
    layer_case(out, "silu", nn.SiLU(), x)
    layer_case(out, "max_pool", nn.MaxPool2d(3, 2, 1), x)
    layer_case(out, "average_pool", nn.AvgPool2d(3, 2, 1, count_include_pad=False), x)
    layer_case(out, "global_pool", nn.AdaptiveAvgPool2d(1), x)
    layer_case(out, "upsample_bilinear", nn.Upsample(scale_factor=2, mode="bilinear"), x[:, :3])
    layer_case(out, "upsample_nearest", nn.Upsample(scale_factor=3, mode="nearest"), x[:, :2])
    return out


def optimizers():
    """Ten steps of each optimiser; the second parameter has no gradient in the first three."""
    torch.manual_seed(2)
    start = {"a": torch.randn(3, 4), "b": torch.randn(5)}
    gradients = [{k: torch.randn_like(v) for k, v in start.items()} for _ in range(10)]
    cases = {
        "sgd": lambda g: torch.optim.SGD(g),
        "sgd_momentum": lambda g: torch.optim.SGD(g, momentum=0.9),
        "sgd_nesterov": lambda g: torch.optim.SGD(g, momentum=0.9, nesterov=True),
        "sgd_dampening": lambda g: torch.optim.SGD(g, momentum=0.8, dampening=0.3),
        "adam": lambda g: torch.optim.Adam(g),
        "adam_w": lambda g: torch.optim.AdamW(g, betas=(0.8, 0.99), eps=1e-6),
    }
    out = {f"start.{k}": v for k, v in start.items()}
    for i, step in enumerate(gradients):
        out.update({f"gradient.{i}.{k}": v for k, v in step.items()})
    for name, make in cases.items():
        for decay in (0.0, 0.05):
            a, b = (start[k].clone().requires_grad_(True) for k in "ab")
            optimizer = make([
                {"params": [a], "lr": 0.1, "weight_decay": decay},
                {"params": [b], "lr": 0.02, "weight_decay": 2 * decay},
            ])
            for i, step in enumerate(gradients):
                a.grad = step["a"].clone()
                b.grad = step["b"].clone() if i >= 3 else None
                optimizer.step()
                for key, value in (("a", a), ("b", b)):
                    out[f"{name}.decay_{decay}.{i}.{key}"] = value.detach().clone()
    return out


def clipping():
    torch.manual_seed(3)
    gradients = [torch.randn(3, 4), torch.randn(5)]
    out = {f"gradient.{i}": g.clone() for i, g in enumerate(gradients)}
    for max_norm in (0.5, 100.0):
        parameters = [nn.Parameter(torch.zeros_like(g)) for g in gradients]
        for p, g in zip(parameters, gradients):
            p.grad = g.clone()
        out[f"norm.{max_norm}"] = nn.utils.clip_grad_norm_(parameters, max_norm)
        out.update({f"clipped.{max_norm}.{i}": p.grad for i, p in enumerate(parameters)})
    return out


def interchange():
    """Every element type of ours, a scalar, an empty tensor, a name that needs escapes."""
    return {
        "floats": torch.tensor([[0.5, -1.25, 3e38], [1e-45, float("inf"), -0.0]]),
        "doubles": torch.tensor([1 / 3, -1e300], dtype=torch.float64),
        "halves": torch.tensor([1.0, -2.5, 3.140625], dtype=torch.bfloat16),
        "ints": torch.tensor([-(2**31), 0, 2**31 - 1], dtype=torch.int32),
        "bytes": torch.tensor([0, 127, 255], dtype=torch.uint8),
        "scalar": torch.tensor(42.0),
        "empty": torch.zeros(0, 3),
        'n\u00e4me "quoted" \\ ': torch.tensor([7.0]),
    }


def main(folder):
    save_file(layers(), folder / "layers.safetensors")
    save_file(optimizers(), folder / "optimizers.safetensors")
    save_file(clipping(), folder / "clipping.safetensors")
    save_file(interchange(), folder / "interchange.safetensors", metadata={"made by": "safetensors for Python"})


main(Path(sys.argv[1]))
