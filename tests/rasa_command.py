"""`python -m tests.rasa_command ...`: Rasa's own command line with the bot's patches.

So it starts without TensorFlow.
"""

from __future__ import annotations

from bot.rasa_parts.patches import install_patches

if __name__ == "__main__":
    install_patches()
    from rasa.__main__ import main

    main()
