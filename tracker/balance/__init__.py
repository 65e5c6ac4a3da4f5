"""How balanced the partners of a project are, against what its network wishes for. Advice, never a bar."""
