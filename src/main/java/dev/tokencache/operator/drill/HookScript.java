package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs a program with the action, the node's id, its host and its port. Its errors go to the terminal. */
public record HookScript(Path program, Duration limit) implements Hook {

    @Override
    public void run(String action, Node node) {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toAbsolutePath().toString(),
                        action,
                        node.id(),
                        node.address().host(),
                        Integer.toString(node.address().port()))
                // Not a pipe: a server that the program starts would keep it open.
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroy();
                throw new IllegalStateException("it did not end within " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("exit status " + process.exitValue());
            }
        } catch (IOException cannotStart) {
            throw new IllegalStateException("it cannot be started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        }
    }
}
