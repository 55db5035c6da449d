package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file under {@code deploy/} as it is shipped, but for what has to be another on the machine of a test.
 *
 * @param path where it is, below {@code deploy/}
 * @param text what it says
 */
record ShippedFile(String path, String text) {

    static final Path DEPLOY = Path.of("deploy").toAbsolutePath();

    static ShippedFile of(String path) {
        try {
            return new ShippedFile(path, Files.readString(DEPLOY.resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The same with every occurrence of a text replaced.
     *
     * @throws IllegalArgumentException if there is none: the test would not run what it believes to
     */
    ShippedFile with(String shipped, String here) {
        if (!text.contains(shipped)) {
            throw new IllegalArgumentException("deploy/" + path + " does not say: " + shipped);
        }
        return new ShippedFile(path, text.replace(shipped, here));
    }

    /**
     * What it says from one text up to another one.
     *
     * @throws IllegalArgumentException if it says no such thing
     */
    String passage(String from, String to) {
        int start = text.indexOf(from);
        int end = text.indexOf(to, start);
        if (start < 0 || end < 0) {
            throw new IllegalArgumentException("deploy/" + path + " does not say: " + from + " … " + to);
        }
        return text.substring(start, end);
    }

    void writeTo(Path file) {
        write(file, text);
    }

    /** Writes a file that goes with it, and makes the folders above. */
    static Path write(Path file, String text) {
        createFolder(file.getParent());
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
