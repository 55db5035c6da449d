package dev.tokencache.token;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;

/** A page of a subject's tokens: at most {@code limit}, after the page before, or from the start if that is empty. */
public record Paging(int limit, Optional<Position> after) {

    /** The default and maximum of {@link #limit}. */
    public static final int MAX_LIMIT = 1000;

    public static final Comparator<Token> OLDEST_FIRST = Comparator.comparingLong(Token::issuedAtMillis)
            .thenComparing(token -> token.id().hash().text());

    /** The first page, as large as possible. */
    public static final Paging FIRST = new Paging(MAX_LIMIT, Optional.empty());

    public Paging {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidRequestException("limit", "must be from 1 to " + MAX_LIMIT);
        }
    }

    /**
     * A position between two tokens. It stays usable while tokens come and go.
     *
     * @param cursor the store's cursor of a batch of tokens
     * @param issuedAtMillis the issue of the last token of this batch that was returned, or {@link Token#NOT_BEFORE_UNSET}
     * @param hash the hash of that token
     */
    public record Position(long cursor, long issuedAtMillis, TokenHash hash) {

        private static final int BYTES = 2 * Long.BYTES + TokenHash.BYTES;
        private static final TokenHash NO_TOKEN = TokenHash.ofBytes(new byte[TokenHash.BYTES]);

        public static Position startOf(long cursor) {
            return new Position(cursor, Token.NOT_BEFORE_UNSET, NO_TOKEN);
        }

        public static Position after(long cursor, Token token) {
            return new Position(cursor, token.issuedAtMillis(), token.id().hash());
        }

        /** Whether a token of the same batch comes after this position, oldest first. */
        public boolean isBefore(Token token) {
            return token.issuedAtMillis() != issuedAtMillis
                    ? token.issuedAtMillis() > issuedAtMillis
                    : token.id().hash().text().compareTo(hash.text()) > 0;
        }

        /** Parses {@link #text}. Returns empty if it is malformed. */
        public static Optional<Position> parse(String text) {
            byte[] bytes;
            try {
                bytes = Base64.getUrlDecoder().decode(text);
            } catch (IllegalArgumentException notBase64) {
                return Optional.empty();
            }
            if (bytes.length != BYTES) {
                return Optional.empty();
            }
            ByteBuffer in = ByteBuffer.wrap(bytes);
            Position position = new Position(in.getLong(), in.getLong(), TokenHash.ofBytes(bytes, 2 * Long.BYTES));
            boolean isPossible =
                    position.issuedAtMillis == Token.NOT_BEFORE_UNSET || position.issuedAtMillis >>> 48 == 0;
            return isPossible && position.text().equals(text) ? Optional.of(position) : Optional.empty();
        }

        /** The text form, for the caller to send back: base64url. */
        public String text() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(ByteBuffer.allocate(BYTES)
                            .putLong(cursor)
                            .putLong(issuedAtMillis)
                            .put(hash.bytes())
                            .array());
        }
    }
}
