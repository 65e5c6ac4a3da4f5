"""How is it going? Once a month each partner says it in one of three answers and as many words as it likes."""
