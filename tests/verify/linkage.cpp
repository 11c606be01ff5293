// Linked with every object of the verify library: what it needs and is not given does not link.
int main() { return 0; }
