package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** A file that identifies a process by its id and start time, since the system reuses the ids of dead processes. */
record ProcessFile(Path file) {

    static final String NAME = "process";

    void save(Process process) {
        try {
            Files.writeString(file, process.pid() + " " + startOf(process.toHandle()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process, if it is alive. */
    Optional<ProcessHandle> handle() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String[] words = read().split(" ", -1);
        return ProcessHandle.of(Long.parseLong(words[0]))
                .filter(handle -> handle.isAlive() && words[1].equals(startOf(handle)));
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String startOf(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toString).orElse("unknown");
    }
}
