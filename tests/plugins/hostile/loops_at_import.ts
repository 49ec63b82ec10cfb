// Never gets to its export.
for (;;);
