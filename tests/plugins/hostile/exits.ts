// Ends the command with the status of a success.
Deno.exit(0);

export default {};
