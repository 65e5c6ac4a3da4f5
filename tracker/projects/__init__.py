"""Joint studies: their text, their life from draft to published, and the partners who take part."""
