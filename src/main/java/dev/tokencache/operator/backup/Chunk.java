package dev.tokencache.operator.backup;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A page of an export, or a part of a large one, in a file. Pure.
 *
 * @param refused how many subjects of the page could not be read
 * @param position where the scan continues after this page; empty if more of the page follows
 */
record Chunk(List<LegacyToken> tokens, List<LegacyExpiry> expiries, int refused, Optional<Position> position) {

    /** As many tokens of the largest size fit into {@link #MAX_BYTES}. */
    private static final int MAX_ITEMS = 500;

    private static final int MAX_BYTES = 1 << 24;

    private static final int END = 0;
    private static final int OWN_TOKEN = 1;
    private static final int FOREIGN_TOKEN = 2;
    private static final int EXPIRY = 3;
    private static final int FOREIGN_EXPIRY = 4;
    private static final int NOT_BEFORE = 5;
    private static final int POSITION = 6;

    /** A master, and the cursor of its next page. */
    record Position(String master, String cursor) {}

    Chunk {
        tokens = List.copyOf(tokens);
        expiries = List.copyOf(expiries);
    }

    /** The chunks of a page. Only the last one has the position. */
    static List<Chunk> of(List<LegacyToken> tokens, List<LegacyExpiry> expiries, int refused, Position position) {
        List<Chunk> chunks = new ArrayList<>();
        int from = 0;
        while (Math.max(tokens.size(), expiries.size()) - from > MAX_ITEMS) {
            chunks.add(new Chunk(part(tokens, from), part(expiries, from), 0, Optional.empty()));
            from += MAX_ITEMS;
        }
        chunks.add(new Chunk(part(tokens, from), part(expiries, from), refused, Optional.of(position)));
        return chunks;
    }

    private static <T> List<T> part(List<T> all, int from) {
        return all.subList(Math.min(all.size(), from), Math.min(all.size(), from + MAX_ITEMS));
    }

    /** The compressed content. */
    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            for (LegacyExpiry expiry : expiries) {
                write(expiry, out);
            }
            for (LegacyToken token : tokens) {
                write(token, out);
            }
            if (position.isPresent()) {
                out.writeByte(POSITION);
                out.writeUTF(position.get().master());
                out.writeUTF(position.get().cursor());
            }
            out.writeByte(END);
            out.writeInt(refused);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(LegacyExpiry expiry, DataOutputStream out) throws IOException {
        if (expiry instanceof LegacyExpiry.OfSubject subject) {
            out.writeByte(NOT_BEFORE);
            out.writeUTF(subject.subject().value());
            out.writeLong(subject.notBeforeMillis());
        } else if (expiry instanceof LegacyExpiry.OfToken token) {
            if (token.token().plain() instanceof TokenLocator.ById own) {
                out.writeByte(EXPIRY);
                out.writeUTF(own.id().text());
            } else {
                out.writeByte(FOREIGN_EXPIRY);
                out.writeUTF(token.token().hash().text());
            }
            out.writeLong(token.atMillis());
            out.writeLong(token.untilMillis());
        }
    }

    private static void write(LegacyToken token, DataOutputStream out) throws IOException {
        String nonce = token.foreignNonce();
        out.writeByte(nonce == null ? OWN_TOKEN : FOREIGN_TOKEN);
        out.writeUTF(token.token().id().text());
        if (nonce != null) {
            out.writeUTF(nonce);
        }
        byte[] record = TokenCodec.encode(token.token());
        out.writeInt(record.length);
        out.write(record);
    }

    /** Reads what {@link #bytes} has written. Throws {@link IllegalArgumentException} for anything else. */
    static Chunk of(byte[] bytes) {
        try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] content = zip.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IllegalArgumentException("too large");
            }
            return read(new DataInputStream(new ByteArrayInputStream(content)));
        } catch (IOException malformed) {
            throw new IllegalArgumentException("malformed", malformed);
        }
    }

    private static Chunk read(DataInputStream in) throws IOException {
        List<LegacyToken> tokens = new ArrayList<>();
        List<LegacyExpiry> expiries = new ArrayList<>();
        Optional<Position> position = Optional.empty();
        for (int type = in.readByte(); type != END; type = in.readByte()) {
            switch (type) {
                case OWN_TOKEN -> tokens.add(token(id(in), null, in));
                case FOREIGN_TOKEN -> tokens.add(token(id(in), in.readUTF(), in));
                case EXPIRY ->
                    expiries.add(new LegacyExpiry.OfToken(new TokenLocator.ById(id(in)), in.readLong(), in.readLong()));
                case FOREIGN_EXPIRY ->
                    expiries.add(new LegacyExpiry.OfToken(
                            new TokenLocator.Foreign(TokenHash.ofText(in.readUTF())), in.readLong(), in.readLong()));
                case NOT_BEFORE ->
                    expiries.add(new LegacyExpiry.OfSubject(new RoutingTag(in.readUTF()), in.readLong()));
                case POSITION -> position = Optional.of(new Position(in.readUTF(), in.readUTF()));
                default -> throw new IllegalArgumentException("malformed");
            }
        }
        return new Chunk(tokens, expiries, in.readInt(), position);
    }

    private static TokenId id(DataInputStream in) throws IOException {
        return TokenId.parse(in.readUTF()).orElseThrow(() -> new IllegalArgumentException("malformed"));
    }

    private static LegacyToken token(TokenId id, @Nullable String nonce, DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new IllegalArgumentException("malformed");
        }
        return new LegacyToken(TokenCodec.decode(id, in.readNBytes(length)), nonce);
    }
}
