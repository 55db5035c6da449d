package dev.tokencache.migration.http;

import dev.tokencache.http.json.MemberType;
import dev.tokencache.http.json.RequestDocument;
import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.MigrationDial.Change;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.store.Verification;
import dev.tokencache.token.InvalidRequestException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import static dev.tokencache.http.json.MemberType.TEXT;
import static dev.tokencache.http.json.MemberType.TRUTH;
import static dev.tokencache.http.json.MemberType.WHOLE_NUMBER;

/** Reads the request bodies. Each method throws the exceptions of {@link RequestDocument#read}. */
final class MigrationRequests {

    private static final Map<String, MemberType> CHANGE =
            Map.of("phase", TEXT, "read_percent", WHOLE_NUMBER, "mirror_percent", WHOLE_NUMBER, "force", TRUTH);
    private static final Map<String, MemberType> BACKFILL = Map.of("action", TEXT, "keys_per_second", WHOLE_NUMBER);
    private static final Map<String, MemberType> VERIFY = Map.of("position", TEXT, "keys", WHOLE_NUMBER);
    private static final int DEFAULT_KEYS = 500;

    private MigrationRequests() {}

    static Change change(byte[] body) {
        RequestDocument document = RequestDocument.read(body, CHANGE);
        Optional<Step> phase = Optional.ofNullable(document.optional("phase", String.class))
                .map(name -> Step.of(name)
                        .orElseThrow(() -> new InvalidRequestException("phase", "must be one of " + Step.NAMES)));
        OptionalInt readPercent = percent(document, "read_percent");
        OptionalInt mirrorPercent = percent(document, "mirror_percent");
        if (phase.isEmpty() && readPercent.isEmpty() && mirrorPercent.isEmpty()) {
            throw new InvalidRequestException("phase", "is missing, and so are read_percent and mirror_percent");
        }
        return new Change(
                phase, readPercent, mirrorPercent, Boolean.TRUE.equals(document.optional("force", Boolean.class)));
    }

    private static OptionalInt percent(RequestDocument document, String name) {
        OptionalLong value = document.number(name, 0, 100);
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) value.getAsLong());
    }

    static Backfill.Change backfill(byte[] body) {
        RequestDocument document = RequestDocument.read(body, BACKFILL);
        Optional<Backfill.Action> action =
                Optional.ofNullable(document.optional("action", String.class)).map(MigrationRequests::action);
        OptionalLong limit = document.number("keys_per_second", 0, 1_000_000);
        if (action.isEmpty() && limit.isEmpty()) {
            throw new InvalidRequestException("action", "is missing, and so is keys_per_second");
        }
        return new Backfill.Change(action, limit);
    }

    private static Backfill.Action action(String name) {
        for (Backfill.Action action : Backfill.Action.values()) {
            if (action.label().equals(name)) {
                return action;
            }
        }
        throw new InvalidRequestException("action", "must be one of start, pause, resume");
    }

    record VerifyRequest(String position, int keys) {}

    static VerifyRequest verify(byte[] body) {
        RequestDocument document = RequestDocument.read(body, VERIFY);
        OptionalLong keys = document.number("keys", 1, Verification.MAX_KEYS);
        return new VerifyRequest(document.required("position", String.class), (int) keys.orElse(DEFAULT_KEYS));
    }
}
