package dev.tokencache.migration.legacy;

import dev.tokencache.http.ResponseBodies;
import dev.tokencache.migration.Refusal;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LegacyFormatTest {

    private static final long ISSUED = 1_800_000_000_000L;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static LegacyRecord contents(String sub, String claims, long issuedAtMillis) {
        return new LegacyRecord(sub, claims == null ? null : Claims.ofJson(bytes(claims)), issuedAtMillis);
    }

    private static String json(JsonFormat format, Token token) {
        return new String(format.value(token), StandardCharsets.UTF_8);
    }

    @Test
    void shouldExtractTheSubjectOfAJsonObjectAndKeepTheSpellingOfTheRest() {
        JsonFormat format = new JsonFormat("/user/id", null);

        assertThat(format.contents(bytes("{\"n\": 1.50, \"user\": {\"id\": \"alice\", \"x\": [1e3, null]}}")))
                .isEqualTo(contents("alice", "{\"n\":1.50,\"user\":{\"x\":[1e3,null]}}", 0));
    }

    @Test
    void shouldAcceptANumberAsSubject() {
        assertThat(new JsonFormat("/uid", null).contents(bytes("{\"uid\":4711}")))
                .isEqualTo(contents("4711", null, 0));
    }

    @Test
    void shouldExtractTheIssueTimeToo() {
        JsonFormat format = new JsonFormat("/sub", "/created");

        assertThat(format.contents(bytes("{\"sub\":\"alice\",\"created\":1800000000}")))
                .isEqualTo(contents("alice", null, ISSUED));
        assertThat(format.contents(bytes("{\"sub\":\"alice\",\"created\":1800000000000}")))
                .isEqualTo(contents("alice", null, ISSUED));
    }

    private static LegacyContents ofJson(String json) {
        return new JsonFormat("/sub", null).contents(bytes(json));
    }

    private static LegacyContents refused(Refusal reason) {
        return new LegacyContents.Refused(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"cart\":[]}",
                "{\"sub\":{}}",
                "{\"sub\":null}",
                "{\"sub\":true}",
                "{\"sub\":\"\"}",
                "{\"sub\":[\"alice\"]}",
                "{\"Sub\":\"alice\"}"
            })
    void shouldRefuseAJsonObjectWithoutASubject(String json) {
        assertThat(ofJson(json)).isEqualTo(refused(Refusal.NO_SUBJECT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "NaN",
                "null",
                "7",
                "\"alice\"",
                "[{\"sub\":\"alice\"}]",
                "secret{",
                "{\"sub\":\"alice\"",
                "{\"sub\":\"alice\"} x",
                "{\"sub\":\"alice\"}{\"sub\":\"bob\"}",
                "{\"sub\":\"alice\",\"n\":NaN}",
                "{\"sub\":\"alice\",}",
                "{'sub':'alice'}",
                "\ufeff{\"sub\":\"alice\"}",
                "a:1:{s:3:\"sub\";s:5:\"alice\";}",
                "sub|s:5:\"alice\";"
            })
    void shouldRefuseWhatIsNoJsonObject(String text) {
        assertThat(ofJson(text)).isEqualTo(refused(Refusal.UNREADABLE));
    }

    @Test
    void shouldRefuseTextThatIsNotUtf8() {
        byte[] latin1 = "{\"sub\":\"Jos\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] latin1Claim = "{\"sub\":\"a\",\"n\":\"Jos\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = "{\"sub\":\"alice\"}".getBytes(StandardCharsets.UTF_16);
        byte[] overlong = {(byte) 0xc1, (byte) 0xa1};
        byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0xbd};

        for (byte[] bytes : List.of(latin1, latin1Claim, utf16, overlong, surrogate)) {
            assertThat(new JsonFormat("/sub", null).contents(bytes)).isEqualTo(refused(Refusal.NOT_UTF8));
        }
        for (byte[] bytes : List.of(latin1, overlong, surrogate)) {
            assertThat(new StringFormat().contents(bytes)).isEqualTo(refused(Refusal.NOT_UTF8));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"\\ud83d\"}",
                "{\"sub\":\"a\\ude0a\"}",
                "{\"sub\":\"a\\u0000b\"}",
                "{\"sub\":\"a\\nb\"}",
                "{\"sub\":\"a\u0085b\"}",
                "{\"sub\":\"alice\",\"sub\":\"bob\"}",
                "{\"sub\":\"alice\",\"\\u0073ub\":\"alice\"}",
                "{\"sub\":null,\"sub\":\"bob\"}"
            })
    void shouldRefuseABadSubject(String json) {
        assertThat(ofJson(json)).isEqualTo(refused(Refusal.BAD_SUBJECT));
    }

    @Test
    void shouldLimitTheSubjectInBytes() {
        String longest = "\u00eb".repeat(512);

        assertThat(ofJson("{\"sub\":\"" + longest + "\"}")).isEqualTo(contents(longest, null, 0));
        assertThat(ofJson("{\"sub\":\"" + longest + "x\"}")).isEqualTo(refused(Refusal.BAD_SUBJECT));
        assertThat(new StringFormat().contents(bytes("x".repeat(1500)))).isEqualTo(refused(Refusal.BAD_SUBJECT));
        assertThat(new StringFormat().contents(bytes("rO0\u0000\u0005alice"))).isEqualTo(refused(Refusal.BAD_SUBJECT));
        assertThat(new StringFormat().contents(new byte[0])).isEqualTo(refused(Refusal.NO_SUBJECT));
        assertThat(new HashFormat("sub", null).contents(Map.of("sub", "a\tb"))).isEqualTo(refused(Refusal.BAD_SUBJECT));
        assertThat(new HashFormat("sub", null).contents(Map.of("cart", "x"))).isEqualTo(refused(Refusal.NO_SUBJECT));
    }

    @Test
    void shouldRefuseASubjectInsideARepeatedObject() {
        assertThat(new JsonFormat("/user/id", null)
                        .contents(bytes("{\"user\":{\"id\":\"alice\"},\"user\":{\"id\":\"bob\"}}")))
                .isEqualTo(refused(Refusal.BAD_SUBJECT));
    }

    /** Two subjects stay two: nothing is replaced, folded or normalized. */
    @Test
    void shouldKeepDifferentSubjectsApart() {
        List<String> subjects = List.of(
                "Jos\u00e9",
                "Jose\u0301",
                "Jos\ufffd",
                "jos\u00e9",
                "\ufeffJos\u00e9",
                "Jos\u00e9 ",
                "Jos%C3%A9",
                "1",
                "1.0",
                "01");

        assertThat(subjects.stream().map(sub -> new StringFormat().contents(bytes(sub))))
                .containsExactlyElementsOf(
                        subjects.stream().map(sub -> contents(sub, null, 0)).toList());
        assertThat(subjects.stream().map(RoutingTag::ofSubject)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sub\":\"e\",\"bio\":\"hi \\ud83d\",\"n\":1}|{\"n\":1}",
                "{\"sub\":\"e\",\"a\":{\"b\":\"\\ud83d\",\"c\":2}}|{\"a\":{\"c\":2}}",
                "{\"sub\":\"e\",\"a\":[\"x\",\"\\ude0a\"],\"n\":1}|{\"n\":1}",
                "{\"sub\":\"e\",\"\\ud83d\":1,\"n\":1}|{\"n\":1}",
                "{\"sub\":\"e\",\"x\":1,\"n\":{},\"x\":2}|{\"x\":2,\"n\":{}}",
                "{\"sub\":\"e\",\"a\":{\"x\":1,\"x\":[{\"y\":1,\"y\":2}]}}|{\"a\":{\"x\":[{\"y\":2}]}}",
                "{\"sub\":\"e\",\"n\":1e999999,\"m\":-0.00}|{\"n\":1e999999,\"m\":-0.00}",
                "{\"sub\":\"e\",\"s\":\"\\u0000\\ud83e\\udd8a\"}|{\"s\":\"\\u0000\\uD83E\\uDD8A\"}"
            })
    void shouldLeaveOutClaimsThatNoResponseCanContain(String json, String claims) {
        assertThat(ofJson(json)).isEqualTo(contents("e", claims, 0));
    }

    @Test
    void shouldLeaveOutClaimsWithTooManyLevelsOrDigits() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);

        assertThat(ofJson("{\"sub\":\"e\",\"n\":1,\"deep\":" + deep + "}")).isEqualTo(contents("e", "{\"n\":1}", 0));
        assertThat(ofJson("{\"n\":1,\"long\":" + "9".repeat(5000) + ",\"sub\":\"e\"}"))
                .isEqualTo(contents("e", "{\"n\":1}", 0));
    }

    /** Whatever a record contains, it is a token whose claims every response can contain, or refused. */
    @Property
    void shouldNeverFail(@ForAll("almostRecords") String json) {
        LegacyContents contents = ofJson(json);

        if (contents instanceof LegacyRecord record && record.claims() != null) {
            Token token = TokenDraft.of(record.sub(), ISSUED)
                    .claims(record.claims().toString())
                    .token();
            assertThat(ResponseBodies.introspection(new Verdict.Active(token))).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<String> almostRecords() {
        return Arbitraries.of(
                        ",",
                        ":",
                        "[",
                        "]",
                        "{",
                        "}",
                        "\"a\"",
                        "\"sub\"",
                        "\"\\ud83d\"",
                        "\"\ud83d\"",
                        "1e9",
                        "null",
                        "\"a\":",
                        ",\"b\":")
                .list()
                .ofMaxSize(12)
                .map(parts -> "{\"sub\":\"alice\"" + String.join("", parts) + "}");
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
                .isEqualTo(contents("alice", "{\"user\":{\"role\":\"admin\"},\"n\":1.50}", ISSUED));
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
                .isEqualTo(contents("alice", null, 0));
    }
}
