package dev.tokencache.migration.cli;

import java.io.Console;

/** Detects whether the output is an interactive terminal. */
final class Terminal {

    private Terminal() {}

    @SuppressWarnings(
            "SystemConsoleNull") // null before Java 22 without a terminal; since then the console has to be queried
    static boolean isThere() {
        Console console = System.console();
        return console != null && isTerminal(console) && !"dumb".equals(System.getenv("TERM"));
    }

    /**
     * Since Java 22 there is a console without a terminal, and a method that detects it. Older versions have neither.
     */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException isOlder) {
            return true;
        }
    }
}
