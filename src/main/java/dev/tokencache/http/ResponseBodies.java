package dev.tokencache.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokencache.http.json.Json;
import dev.tokencache.token.Audience;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The JSON documents of successful responses. Absent members are left out.
 *
 * <p>An unknown verdict about a single token throws {@link StoreUnavailableException}.
 */
public final class ResponseBodies {

    /**
     * Names that a claim cannot have at the top level of an introspection: those of RFC 7662 section 2.2 and our own. Also
     * {@code access_token}: mod_auth_openidc uses an object of that name as the whole response, with its "sub" as the user.
     */
    private static final Set<String> REGISTERED = Set.of(
            "access_token",
            "active",
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "nbf",
            "jti",
            "client_id",
            "scope",
            "token_type",
            "username",
            "idle_timeout",
            "journaled",
            "stale",
            "replicated",
            "error");

    private static final Pattern NEITHER_LETTER_NOR_DIGIT = Pattern.compile("[^a-z0-9]");

    private static final byte[] INACTIVE = "{\"active\":false}".getBytes(StandardCharsets.US_ASCII);

    private ResponseBodies() {}

    public static byte[] issued(IssuedToken issued) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("token", issued.string().value());
            writeMembers(issued.token(), json);
            writeDurability(issued.durability(), json);
            json.writeEndObject();
        });
    }

    public static byte[] renewed(TokenStore.Renewal.Renewed renewed) {
        return Json.write(json -> {
            json.writeStartObject();
            writeMembers(renewed.token(), json);
            writeDurability(renewed.durability(), json);
            json.writeEndObject();
        });
    }

    /** Marks a write that was not replicated, or that is in the journal. */
    private static void writeDurability(Durability durability, JsonGenerator json) throws IOException {
        switch (durability) {
            case AS_CONFIGURED -> {}
            case UNDER_REPLICATED -> json.writeBooleanField("replicated", false);
            case JOURNALED -> json.writeBooleanField("journaled", true);
        }
    }

    public static byte[] record(Token token) {
        return Json.write(json -> writeRecord(token, json));
    }

    /** The record of a token that is not inactive. */
    public static byte[] record(Verdict verdict) {
        return verdict instanceof Verdict.Active active ? record(active.token()) : unknown();
    }

    public static byte[] validation(Verdict verdict) {
        return verdict instanceof Verdict.Unknown ? unknown() : Json.write(json -> writeVerdict(verdict, json));
    }

    /** @throws StoreUnavailableException if all verdicts are unknown */
    public static byte[] validations(List<Verdict> verdicts) {
        if (verdicts.stream().allMatch(Verdict.Unknown.class::isInstance)) {
            return unknown();
        }
        return Json.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (Verdict verdict : verdicts) {
                writeVerdict(verdict, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** An introspection (RFC 7662 section 2.2). */
    public static byte[] introspection(Verdict verdict) {
        if (verdict instanceof Verdict.Unknown) {
            return unknown();
        }
        return verdict instanceof Verdict.Active active
                ? Json.write(json -> writeIntrospection(active, json))
                : INACTIVE;
    }

    public static byte[] subject(String sub, SubjectTokens tokens) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("sub", sub);
            if (tokens.notBeforeMillis().isPresent()) {
                writeNotBefore(tokens.notBeforeMillis().getAsLong(), json);
            }
            json.writeArrayFieldStart("tokens");
            for (Token token : tokens.tokens()) {
                writeRecord(token, json);
            }
            json.writeEndArray();
            if (tokens.next().isPresent()) {
                json.writeStringField("next", tokens.next().get().text());
            }
            json.writeEndObject();
        });
    }

    public static byte[] expiredSubject(String sub, SubjectNotBefore notBefore) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("sub", sub);
            writeNotBefore(notBefore.notBeforeMillis(), json);
            writeDurability(notBefore.durability(), json);
            json.writeEndObject();
        });
    }

    private static byte[] unknown() {
        throw new StoreUnavailableException("the verdict is unknown");
    }

    private static void writeNotBefore(long millis, JsonGenerator json) throws IOException {
        json.writeNumberField("not_before", Math.floorDiv(millis, 1000L));
    }

    private static void writeVerdict(Verdict verdict, JsonGenerator json) throws IOException {
        json.writeStartObject();
        if (verdict instanceof Verdict.Active active) {
            json.writeBooleanField("active", true);
            writeMembers(active.token(), json);
            writeStale(active, json);
        } else if (verdict instanceof Verdict.Inactive) {
            json.writeBooleanField("active", false);
        } else {
            json.writeNullField("active");
            json.writeStringField("error", "store_unavailable");
        }
        json.writeEndObject();
    }

    private static void writeRecord(Token token, JsonGenerator json) throws IOException {
        json.writeStartObject();
        writeMembers(token, json);
        json.writeEndObject();
    }

    private static void writeMembers(Token token, JsonGenerator json) throws IOException {
        json.writeStringField("jti", token.id().text());
        json.writeStringField("sub", token.sub());
        writeTimes(token, json);
        if (token.idleTimeout() != 0) {
            json.writeNumberField("idle_timeout", token.idleTimeout());
        }
        writeScopeAndAudience(token, json);
        json.writeStringField("client_id", token.clientId());
        Claims claims = token.claims();
        if (claims != null) {
            json.writeFieldName("claims");
            Json.splice(claims.json(), json);
        }
    }

    /** Marks a verdict from the near cache that the store could not confirm. */
    private static void writeStale(Verdict.Active active, JsonGenerator json) throws IOException {
        if (active.isStale()) {
            json.writeBooleanField("stale", true);
        }
    }

    private static void writeIntrospection(Verdict.Active active, JsonGenerator json) throws IOException {
        Token token = active.token();
        json.writeStartObject();
        json.writeBooleanField("active", true);
        json.writeStringField("sub", token.sub());
        writeTimes(token, json);
        json.writeStringField("jti", token.id().text());
        json.writeStringField("client_id", token.clientId());
        writeScopeAndAudience(token, json);
        json.writeStringField("token_type", "Bearer");
        writeStale(active, json);
        Claims claims = token.claims();
        if (claims != null) {
            writeUnregistered(claims, json);
        }
        json.writeEndObject();
    }

    /** Writes the claims as members of the current object, except those with registered names. */
    private static void writeUnregistered(Claims claims, JsonGenerator json) throws IOException {
        try (JsonParser members = Json.parser(claims)) {
            members.nextToken();
            while (members.nextToken() == JsonToken.FIELD_NAME) {
                String name = members.currentName();
                members.nextToken();
                if (isRegistered(name)) {
                    members.skipChildren();
                } else {
                    json.writeFieldName(name);
                    Json.copy(members, json);
                }
            }
        }
    }

    /**
     * Whether a name is registered, or equals a registered one as the name of a header or an environment variable. Web
     * servers pass claims on as those, which do not distinguish "Client-Id" from "client_id".
     */
    private static boolean isRegistered(String name) {
        return REGISTERED.contains(
                NEITHER_LETTER_NOR_DIGIT.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("_"));
    }

    private static void writeTimes(Token token, JsonGenerator json) throws IOException {
        // Zero: another program issued the token without a time of issue.
        if (token.issuedAtMillis() != 0) {
            json.writeNumberField("iat", token.issuedAt());
        }
        json.writeNumberField("exp", token.expiresAt());
    }

    private static void writeScopeAndAudience(Token token, JsonGenerator json) throws IOException {
        if (token.scope() != null) {
            json.writeStringField("scope", token.scope());
        }
        Audience audience = token.aud();
        if (audience == null) {
            return;
        }
        if (audience.single()) {
            json.writeStringField("aud", audience.values().get(0));
            return;
        }
        json.writeArrayFieldStart("aud");
        for (String value : audience.values()) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
