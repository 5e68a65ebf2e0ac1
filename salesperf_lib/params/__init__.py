"""Read params/, check it, overlay a source and a scenario, and freeze it for one period."""
