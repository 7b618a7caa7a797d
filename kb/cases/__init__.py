"""Cases: claims of a policy folder with the outcome and the clauses they must cite."""
