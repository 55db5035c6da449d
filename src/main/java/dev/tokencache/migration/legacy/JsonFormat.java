package dev.tokencache.migration.legacy;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tokencache.migration.Refusal;
import dev.tokencache.token.Token;
import dev.tokencache.token.Utf8;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A JSON object: the subject is at a JSON pointer (RFC 6901) through objects only, the rest is claims. */
final class JsonFormat extends StringFormat {

    private final List<String> subject;
    private final @Nullable List<String> issuedAt;

    /** @throws IllegalArgumentException naming the property, if a pointer is invalid */
    JsonFormat(String subject, @Nullable String issuedAt) {
        this.subject = path(subject, "tokencache.migration.legacy.subject");
        this.issuedAt = issuedAt == null ? null : path(issuedAt, "tokencache.migration.legacy.issued-at");
    }

    private static List<String> path(String pointer, String property) {
        if (!pointer.startsWith("/")) {
            throw new IllegalArgumentException(property + " must be a JSON pointer, such as /sub or /user/id");
        }
        return Stream.of(pointer.substring(1).split("/", -1))
                .map(part -> part.replace("~1", "/").replace("~0", "~"))
                .toList();
    }

    @Override
    LegacyContents contents(byte[] json) {
        Optional<String> text = Utf8.decode(json);
        if (text.isEmpty()) {
            return LegacyContents.refused(Refusal.NOT_UTF8);
        }
        JsonObject object;
        try {
            object = JsonObject.parse(text.get());
        } catch (IllegalArgumentException malformed) {
            return LegacyContents.refused(Refusal.UNREADABLE);
        }
        // Other programs may read another one of the values of a repeated name.
        return object.isUnusable(subject)
                ? LegacyContents.refused(Refusal.BAD_SUBJECT)
                : LegacyRecord.of(object.take(subject), object, issuedAt == null ? null : object.take(issuedAt));
    }

    @Override
    byte[] value(Token token) {
        JsonObject object = JsonObject.of(token.claims());
        object.put(subject, TextNode.valueOf(token.sub()));
        if (issuedAt != null) {
            object.put(issuedAt, LongNode.valueOf(token.issuedAt()));
        }
        return object.bytes();
    }
}
