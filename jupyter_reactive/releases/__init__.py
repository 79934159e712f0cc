"""What a course has released of a notebook, and what somebody has made of it since."""
