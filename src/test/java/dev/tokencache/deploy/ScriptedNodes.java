package dev.tokencache.deploy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Redis nodes for the scripts of {@code deploy/redis} that exist only in a fake {@code redis-cli}. Its replies are shell
 * snippets. Time is virtual: {@code sleep} returns immediately and moves {@code date}.
 */
final class ScriptedNodes {

    private static final Path SCRIPTS = Path.of("deploy/redis").toAbsolutePath();
    private static final String PASSWORD = "the-password";

    private static final String REDIS_CLI = """
            #!/bin/sh
            while [ "${1#-}" != "$1" ]; do
              case $1 in
                -h) shift ;;
                -p) port=$2; shift ;;
              esac
              shift
            done
            echo "$port $*" >> "$LAB/commands"
            [ "$REDISCLI_AUTH" = the-password ] && [ ! -e "$LAB/$port/down" ] || exit 1
            [ -e "$LAB/$port/$*" ] || { echo OK; exit; }
            . "$LAB/$port/$*"
            """;

    private static final String SLEEP = """
            #!/bin/sh
            case $1 in 0.*) tenths=${1#0.} ;; *) tenths=${1}0 ;; esac
            echo $(($(cat "$LAB/clock") + tenths)) > "$LAB/clock"
            """;

    private static final String DATE = """
            #!/bin/sh
            echo $(($(cat "$LAB/clock") / 10))
            """;

    private final Path folder;

    ScriptedNodes(Path folder) {
        this.folder = folder;
        write("clock", "10000000000");
        write("commands", "");
        write("password", PASSWORD + "\n");
        program("redis-cli", REDIS_CLI);
        program("sleep", SLEEP);
        program("date", DATE);
    }

    private void program(String name, String text) {
        Path file = write("bin/" + name, text);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets a node's reply to a command. */
    void reply(int port, String command, String text) {
        act(port, command, "cat <<END\n" + text.strip() + "\nEND\n");
    }

    /** Sets what a node does for a command: a shell snippet that prints the reply. */
    void act(int port, String command, String snippet) {
        write(port + "/" + command, snippet);
    }

    /** A snippet that sets a node's reply, for {@link #act}. */
    String then(int port, String command, String text) {
        return "echo 'echo " + text + "' > \"$LAB/" + port + "/" + command + "\"\n";
    }

    /** Makes a node unreachable. */
    void stop(int port) {
        write(port + "/down", "");
    }

    /** Runs a script. */
    ExternalTool.Result run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return ExternalTool.run(
                Map.of(
                        "PATH",
                        folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"),
                        "LAB",
                        folder.toString(),
                        "REDIS_PASSWORD_FILE",
                        folder.resolve("password").toString(),
                        "REDIS_PATIENCE",
                        "20"),
                command);
    }

    /** What the nodes received so far, each with the node's port. */
    List<String> commands() {
        try {
            return Files.readAllLines(folder.resolve("commands"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
