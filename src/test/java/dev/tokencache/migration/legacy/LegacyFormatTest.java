package dev.tokencache.migration.legacy;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LegacyFormatTest {

    private static final long ISSUED = 1_800_000_000_000L;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static LegacyRecord contents(String sub, String claims, long issuedAtMillis) {
        return new LegacyRecord(sub, claims == null ? null : Claims.ofJson(bytes(claims)), issuedAtMillis);
    }

    private static String json(JsonFormat format, Token token) {
        return new String(format.json(token), StandardCharsets.UTF_8);
    }

    @Test
    void shouldExtractTheSubjectOfAJsonObjectAndKeepTheSpellingOfTheRest() {
        JsonFormat format = new JsonFormat("/user/id", null);

        assertThat(format.contents(bytes("{\"n\": 1.50, \"user\": {\"id\": \"alice\", \"x\": [1e3, null]}}")))
                .hasValue(contents("alice", "{\"n\":1.50,\"user\":{\"x\":[1e3,null]}}", 0));
    }

    @Test
    void shouldAcceptANumberAsSubject() {
        assertThat(new JsonFormat("/uid", null).contents(bytes("{\"uid\":4711}")))
                .hasValue(contents("4711", null, 0));
    }

    @Test
    void shouldExtractTheIssueTimeToo() {
        JsonFormat format = new JsonFormat("/sub", "/created");

        assertThat(format.contents(bytes("{\"sub\":\"alice\",\"created\":1800000000}")))
                .hasValue(contents("alice", null, ISSUED));
        assertThat(format.contents(bytes("{\"sub\":\"alice\",\"created\":1800000000000}")))
                .hasValue(contents("alice", null, ISSUED));
    }

    @Test
    void shouldIgnoreARecordWithoutASubject() {
        assertThat(new JsonFormat("/sub", null).contents(bytes("{\"cart\":[]}")))
                .isEmpty();
        assertThat(new JsonFormat("/sub", null).contents(bytes("{\"sub\":{}}"))).isEmpty();
        assertThat(new HashFormat("sub", null).contents(Map.of("cart", "x"))).isEmpty();
    }

    @Test
    void shouldNotQuoteAMalformedRecord() {
        assertThatThrownBy(() -> new JsonFormat("/sub", null).contents(bytes("secret{")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    @Test
    void shouldWriteTheSubjectIntoTheClaims() {
        Token token = TokenDraft.of("alice", ISSUED)
                .claims("{\"user\":{\"role\":\"admin\"},\"n\":1.50}")
                .token();
        JsonFormat format = new JsonFormat("/user/id", "/created");

        assertThat(json(format, token))
                .isEqualTo("{\"user\":{\"role\":\"admin\",\"id\":\"alice\"},\"n\":1.50,\"created\":1800000000}");
        assertThat(format.asWritten(token))
                .hasValue(contents("alice", "{\"user\":{\"role\":\"admin\"},\"n\":1.50}", ISSUED));
    }

    @Test
    void shouldWriteTheSubjectWhereThereAreNoClaims() {
        Token token = TokenDraft.of("alice", ISSUED).token();

        assertThat(json(new JsonFormat("/user/id", null), token)).isEqualTo("{\"user\":{\"id\":\"alice\"}}");
    }

    @Test
    void shouldWriteClaimsAsFieldsOfAHash() {
        Token token = TokenDraft.of("alice", ISSUED)
                .claims("{\"role\":\"admin\",\"list\":[1,2]}")
                .token();

        assertThat(new HashFormat("uid", "created").fields(token))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("uid", "alice", "role", "admin", "list", "[1,2]", "created", "1800000000"));
    }

    @Test
    void shouldDropClaimsThatAreTooLarge() {
        assertThat(new HashFormat("sub", null).contents(Map.of("sub", "alice", "x", "y".repeat(4096))))
                .hasValue(contents("alice", null, 0));
    }
}
