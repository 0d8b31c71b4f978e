"""What a planning committee is told: the plan, its cost, what it rests on, and how to get there."""
