package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.seal.Seal;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a file chunk by chunk, and verifies it. Throws {@link ExitCode.Failure}, with what is wrong and where, for a file that is
 * not exactly as it was written. Blocks. Not thread-safe.
 */
final class BackupReader implements AutoCloseable {

    private final DataInputStream in;
    private final Seal seal;
    private final Header header;
    private final PartChain chain = new PartChain();
    private Totals totals = Totals.NONE;
    private long position;
    private int parts;

    private record Part(byte type, byte[] body) {}

    BackupReader(Path file, Seal seal) throws IOException {
        this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
        this.seal = seal;
        try {
            this.header = readHeader();
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private Header readHeader() throws IOException {
        byte[] magic = in.readNBytes(PartChain.MAGIC.length);
        if (!Arrays.equals(magic, Arrays.copyOf(PartChain.MAGIC, magic.length))) {
            throw ExitCode.NO.failure("the file is no export of token-cache");
        }
        position = magic.length;
        int version = in.read();
        if (version < 0) {
            throw truncated();
        }
        position++;
        if (version != PartChain.VERSION) {
            throw ExitCode.NO.failure(
                    "the file has the format version " + version + ": this release reads version " + PartChain.VERSION);
        }
        Part first = part();
        if (first.type() != PartChain.HEADER) {
            throw altered("it does not begin with a header");
        }
        Header read;
        try {
            read = Header.of(first.body());
        } catch (IllegalArgumentException malformed) {
            throw altered("its header cannot be read");
        }
        if (!read.isSealed() && seal.isRequired()) {
            throw ExitCode.NO.failure("the file is not sealed, although tokencache.seal.required=true");
        }
        return read;
    }

    private static ExitCode.Failure altered(String what) {
        return ExitCode.NO.failure("the file is altered or damaged: " + what);
    }

    private ExitCode.Failure truncated() {
        return ExitCode.NO.failure("the file is truncated: it ends at byte " + position + ", in part " + (parts + 1)
                + ". An export writes the name without .part only when it is complete");
    }

    Header header() {
        return header;
    }

    /** What has been read so far. */
    Totals totals() {
        return totals;
    }

    /** The next chunk; empty at the end of the file. */
    Optional<Chunk> next() throws IOException {
        PartChain before = chain.copy();
        Part part = part();
        byte[] content = part.body();
        try {
            content = header.isSealed() ? before.open(part.body(), seal) : part.body();
            if (part.type() == PartChain.CHUNK) {
                Chunk chunk = Chunk.of(content);
                totals = totals.plus(chunk);
                return Optional.of(chunk);
            }
        } catch (IllegalArgumentException unreadable) {
            throw altered("part " + parts + ", up to byte " + position + ": " + unreadable.getMessage());
        }
        if (part.type() != PartChain.TRAILER || !totals.isIn(content) || in.read() >= 0) {
            throw altered("its end, from byte " + position + " on");
        }
        return Optional.empty();
    }

    private Part part() throws IOException {
        byte type;
        byte[] body;
        byte[] checksum;
        try {
            byte[] head = readFully(PartChain.HEAD_BYTES);
            type = head[0];
            int length = ByteBuffer.wrap(head, 1, Integer.BYTES).getInt();
            if (length < 0 || length > PartChain.MAX_BODY) {
                throw altered("part " + (parts + 1) + ", from byte " + (position - PartChain.HEAD_BYTES) + " on");
            }
            body = readFully(length);
            checksum = readFully(PartChain.CHECKSUM_BYTES);
        } catch (EOFException cut) {
            throw truncated();
        }
        parts++;
        if (!chain.accept(type, body, checksum)) {
            throw altered("part " + parts + ", up to byte " + position);
        }
        return new Part(type, body);
    }

    private byte[] readFully(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        position += bytes.length;
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    /**
     * An export that did not finish, up to its last whole page.
     *
     * @param cursors by master, the cursor of its next page
     */
    record Interrupted(Header header, PartChain chain, Map<String, String> cursors, Totals totals, long length) {}

    /** Reads what an export left behind. Empty if it cannot be continued. */
    static Optional<Interrupted> interrupted(Path part, Seal seal) throws IOException {
        if (!Files.exists(part)) {
            return Optional.empty();
        }
        Interrupted last = null;
        try (BackupReader reader = new BackupReader(part, seal)) {
            last = reader.soFar(Map.of());
            for (Optional<Chunk> chunk = reader.next(); chunk.isPresent(); chunk = reader.next()) {
                if (chunk.get().position().isPresent()) {
                    Chunk.Position at = chunk.get().position().get();
                    Map<String, String> cursors = new HashMap<>(last.cursors());
                    cursors.put(at.master(), at.cursor());
                    last = reader.soFar(cursors);
                }
            }
        } catch (ExitCode.Failure cut) {
            // The end is missing.
        }
        return Optional.ofNullable(last).filter(found -> found.header().isSealed() == seal.isOn());
    }

    private Interrupted soFar(Map<String, String> cursors) {
        return new Interrupted(header, chain.copy(), cursors, totals, position);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
