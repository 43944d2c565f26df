"""What a user would write instead: download one after the other, and let Pillow save each as PNG."""
import io
import os
import sys
import time
from urllib.request import urlopen

from PIL import Image


def to_png(data, target, optimize):
    Image.open(io.BytesIO(data)).save(target, 'PNG', optimize=optimize)


def convert():
    """Converts each file that is named on a line of the input; answers with seconds and bytes."""
    for line in sys.stdin:
        with open(line.strip(), 'rb') as file:
            data = file.read()
        png = io.BytesIO()
        began = time.perf_counter()
        to_png(data, png, True)
        print(time.perf_counter() - began, png.tell(), flush=True)


def fetch(optimize, folder, urls):
    """Says so when a file is saved."""
    for index, url in enumerate(urls):
        with urlopen(url) as answer:
            data = answer.read()
        with open(os.path.join(folder, f'{index + 1}.png'), 'wb') as file:
            to_png(data, file, optimize)
        print('saved', flush=True)


if __name__ == '__main__':
    if sys.argv[1] == 'convert':
        convert()
    else:
        fetch(sys.argv[1] == 'optimize', sys.argv[2], sys.argv[3:])
