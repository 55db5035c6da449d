package dev.tokencache.http.api;

import dev.tokencache.http.json.ContentTooLargeException;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Audience;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.InvalidRequestException.Violation;
import dev.tokencache.token.Paging;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenString;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RequestsTest {

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static TokenRequest create(String json) {
        return Requests.create(utf8(json));
    }

    /** The violations of a create request, each as "field message". */
    private static ListAssert<String> assertRefused(byte[] body) {
        try {
            Requests.create(body);
        } catch (InvalidRequestException refused) {
            return assertThat(
                    refused.violations().stream().map(RequestsTest::told).toList());
        }
        throw new AssertionError("was taken");
    }

    private static String told(Violation violation) {
        return violation.field() + " " + violation.message();
    }

    @Test
    void shouldReadAllMembers() {
        TokenRequest request = create("""
            {"sub": "älice", "expires_in": 10, "max_lifetime": 20, "idle_timeout": 5, "scope": "a b",
             "aud": ["x", "y"], "claims": {"b": 1, "a": []}, "token": "0123456789abcdef"}\
            """);
        assertThat(request.sub()).isEqualTo("älice");
        assertThat(request.expiresIn()).hasValue(10);
        assertThat(request.maxLifetime()).hasValue(20);
        assertThat(request.idleTimeout()).hasValue(5);
        assertThat(request.scope()).isEqualTo("a b");
        assertThat(request.aud()).isEqualTo(Audience.of(List.of("x", "y")));
        assertThat(request.claims()).hasToString("{\"b\":1,\"a\":[]}");
        assertThat(request.token()).isEqualTo(new TokenString("0123456789abcdef"));
    }

    @Test
    void shouldReadTheRequiredMembersOnly() {
        assertThat(create("{\"sub\":\"a\"}"))
                .isEqualTo(new TokenRequest(
                        "a", OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), null, null, null, null));
    }

    @Test
    void shouldKeepSingleAudienceSingle() {
        assertThat(create("{\"sub\":\"a\",\"aud\":\"x\"}").aud()).isEqualTo(Audience.of("x"));
    }

    @Test
    void shouldKeepClaimsDigitForDigit() {
        String claims =
                "{\"z\":1.50E+3,\"a\":123456789012345678901234567890,\"m\":-0,\"f\":0.10,\"e\":\"ü\\u0001\\\"\"}";
        assertThat(create("{\"sub\":\"a\",\"claims\":" + claims + "}").claims()).hasToString(claims);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|sub is required",
                "{\"sub\":42}|sub must be a string",
                "{\"sub\":null}|sub must be left out or not null",
                "{\"sub\":[\"a\"]}|sub must be a string",
                "{\"sub\":\"a\",\"expires_in\":\"10\"}|expires_in must be a whole number",
                "{\"sub\":\"a\",\"expires_in\":1.0}|expires_in must be a whole number",
                "{\"sub\":\"a\",\"expires_in\":1e3}|expires_in must be a whole number",
                "{\"sub\":\"a\",\"expires_in\":true}|expires_in must be a whole number",
                "{\"sub\":\"a\",\"expires_in\":99999999999999999999}|expires_in must be a whole number",
                "{\"sub\":\"a\",\"expires_in\":null}|expires_in must be left out or not null",
                "{\"sub\":\"a\",\"claims\":[]}|claims must be a JSON object",
                "{\"sub\":\"a\",\"claims\":\"{}\"}|claims must be a JSON object",
                "{\"sub\":\"a\",\"claims\":null}|claims must be left out or not null",
                "{\"sub\":\"a\",\"aud\":7}|aud must be a string or an array of strings",
                "{\"sub\":\"a\",\"aud\":[\"x\",7]}|aud[1] must be a string",
                "{\"sub\":\"a\",\"colour\":{\"red\":[1]}}|colour is not a known member",
                "{\"sub\":\"a\",\"tc1_KpdRPsSGX4ISDYqi1O4o\":1}|body is not a known member",
                "[]|body must be a JSON object",
                "\"sub\"|body must be a JSON object",
                "null|body must be a JSON object",
                "{\"sub\":\"a\"} {}|body must be a JSON object and nothing after it",
                "{\"sub\":\"a\",\"claims\":{\"x\":\"\\ud800\"}}|claims must have no unpaired surrogates",
                "{\"sub\":\"a\",\"claims\":{\"\\udc00\":1}}|claims must have no unpaired surrogates",
            })
    void shouldNameTheViolation(String json, String violation) {
        assertRefused(utf8(json)).containsExactly(violation);
    }

    @Test
    void shouldReportAllViolations() {
        assertRefused(utf8("{\"sub\":1,\"scope\":2,\"colour\":3}"))
                .containsExactly("sub must be a string", "scope must be a string", "colour is not a known member");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"sub\"",
                "{\"sub\":\"a\"",
                "{\"sub\":\"a\",}",
                "{'sub':'a'}",
                "{sub:\"a\"}",
                "{\"sub\":\"a\"}x",
                "{\"sub\":\"a\",\"sub\":\"b\"}",
                "{\"sub\":\"a\",\"claims\":{\"x\":1,\"x\":2}}",
                "{\"sub\":\"a\",\"expires_in\":NaN}",
                "{\"sub\":\"a\",\"expires_in\":Infinity}",
                "{\"sub\":\"a\",\"expires_in\":01}",
                "{\"sub\":\"a\",\"claims\":{\"x\":+1}}",
                "// no\n{\"sub\":\"a\"}",
                "\ufeff{\"sub\":\"a\"}",
                "{\"sub\":\"\t\"}",
                "{\"sub\":\"\\x\"}"
            })
    void shouldRefuseMalformedJson(String json) {
        assertRefused(utf8(json)).singleElement().asString().startsWith("body ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32"})
    void shouldRefuseOtherEncodings(String charset) {
        assertRefused("{\"sub\":\"a\"}".getBytes(Charset.forName(charset)))
                .singleElement()
                .asString()
                .startsWith("body ");
    }

    @Test
    void shouldRefuseInvalidUtf8() {
        byte[] overlong = "{\"sub\":\"??\"}".getBytes(StandardCharsets.ISO_8859_1);
        overlong[8] = (byte) 0xc0;
        overlong[9] = (byte) 0xaf;
        assertRefused(overlong).containsExactly("body must be UTF-8 without unpaired surrogates");
    }

    @Test
    void shouldRefuseDeepNestingAndLongNumbers() {
        String limits = "body has a number or name that is too long, or more than 64 levels";
        assertRefused(utf8("{\"sub\":\"a\",\"claims\":" + "{\"a\":".repeat(5000)))
                .containsExactly(limits);
        assertRefused(utf8("[".repeat(16000))).containsExactly("body must be a JSON object");
        assertRefused(utf8("{\"x\":" + "[".repeat(16000))).containsExactly(limits);
        assertRefused(utf8("{\"sub\":\"a\",\"expires_in\":" + "9".repeat(10000) + "}"))
                .containsExactly(limits);
    }

    @Test
    void shouldLimitTheMinifiedClaims() {
        String longest = "{\"a\":\"" + "ü".repeat(2044) + "\"}";
        assertThat(utf8(longest)).hasSize(4096);
        assertThat(create("{\"sub\":\"a\",\"claims\":\n\n" + longest + " }").claims())
                .hasToString(longest);
        String tooLong = longest.replace("\"a\"", "\"ab\"");
        assertThatThrownBy(() -> create("{\"sub\":\"a\",\"claims\":" + tooLong + "}"))
                .isInstanceOf(ContentTooLargeException.class)
                .hasMessageContaining("claims");
    }

    @Test
    void shouldReadSingleAndBatchValidations() {
        assertThat(Requests.validate(utf8("{\"token\":\"a\"}")))
                .isEqualTo(new Requests.Validation(List.of(new TokenString("a")), false));
        assertThat(Requests.validate(utf8("{\"tokens\":[\"a\",\"\"]}")))
                .isEqualTo(new Requests.Validation(List.of(new TokenString("a"), new TokenString("")), true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|token",
                "{\"token\":\"a\",\"tokens\":[\"a\"]}|token",
                "{\"tokens\":[]}|tokens",
                "{\"tokens\":\"a\"}|tokens",
                "{\"tokens\":[\"a\",\"b\",\"c\",1]}|tokens[3]",
                "{\"tokens\":[\"a\",[\"b\"]]}|tokens[1]",
            })
    void shouldNameTheInvalidFieldOfAValidation(String json, String field) {
        assertThatThrownBy(() -> Requests.validate(utf8(json)))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .extracting(Violation::field)
                        .containsExactly(field));
    }

    @Test
    void shouldLimitBatch() {
        String tokens = String.join(",", Collections.nCopies(100, "\"a\""));
        assertThat(Requests.validate(utf8("{\"tokens\":[" + tokens + "]}")).tokens())
                .hasSize(100);
        assertThatThrownBy(() -> Requests.validate(utf8("{\"tokens\":[\"b\"," + tokens + "]}")))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void shouldApplyTheDefaultLimitToASingleValidation() {
        byte[] body = utf8("{\"token\":\"" + "a".repeat(17_000) + "\"}");
        assertThatThrownBy(() -> Requests.validate(body)).isInstanceOf(ContentTooLargeException.class);
    }

    @Test
    void shouldAcceptSubjectExpiryWithoutBody() {
        Requests.SubjectExpiry all = new Requests.SubjectExpiry(OptionalLong.empty(), Optional.empty());
        assertThat(Requests.expireSubject(new byte[0])).isEqualTo(all);
        assertThat(Requests.expireSubject(utf8("{}"))).isEqualTo(all);
        assertThat(Requests.expireSubject(utf8("{\"before\":5}")))
                .isEqualTo(new Requests.SubjectExpiry(OptionalLong.of(5), Optional.empty()));
        TokenId kept = TokenDraft.of("alice", 0).token().id();
        assertThat(Requests.expireSubject(utf8("{\"except\":\"" + kept.text() + "\"}")))
                .isEqualTo(new Requests.SubjectExpiry(OptionalLong.empty(), Optional.of(kept)));
        assertThatThrownBy(() -> Requests.expireSubject(utf8("{\"except\":\"alice\"}")))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .extracting(Violation::field)
                        .containsExactly("except"));
        assertThatThrownBy(() -> Requests.expireSubject(utf8(" "))).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void shouldNeverRepeatAValue() {
        String secret = "s3cr3t-t0ken-string";
        for (String json : List.of(
                "{\"sub\":\"a\",\"token\":[\"" + secret + "\"]}",
                "{\"sub\":\"a\",\"token\":\"" + secret,
                "{\"sub\":\"a\",\"claims\":\"" + secret + "\"}",
                "{\"sub\":\"a\",\"" + secret.repeat(3) + "\":1}",
                secret)) {
            assertRefused(utf8(json)).noneMatch(told -> told.contains(secret));
        }
    }

    @Property
    void shouldThrowOnlyClientErrors(@ForAll byte[] body, @ForAll String text) {
        for (byte[] garbage : List.of(body, utf8(text), utf8("{\"sub\":\"" + text), utf8("{\"claims\":{" + text))) {
            try {
                Requests.create(garbage);
            } catch (InvalidRequestException expected) {
                assertThat(expected.violations()).isNotEmpty();
            }
        }
    }

    @Test
    void shouldReadTheParametersOfAListing() {
        Paging.Position position = Paging.Position.startOf(7);
        assertThat(Requests.list(Map.of())).isEqualTo(Paging.FIRST);
        assertThat(Requests.list(Map.of("limit", List.of("1"), "next", List.of(position.text()))))
                .isEqualTo(new Paging(1, Optional.of(position)));
    }

    @ParameterizedTest
    @CsvSource({
        "limit,0",
        "limit,1001",
        "limit,''",
        "limit,ten",
        "limit,-1",
        "limit,+5",
        "limit,99999999999",
        "limit,1.0",
        "next,''",
        "next,0",
        "next,garbage"
    })
    void shouldNameAnInvalidParameterOfAListing(String name, String value) {
        assertThatThrownBy(() -> Requests.list(Map.of(name, List.of(value))))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .extracting(InvalidRequestException.Violation::field)
                        .containsExactly(name));
        assertThatThrownBy(() -> Requests.list(Map.of(name, List.of("1", "1"))))
                .isInstanceOf(InvalidRequestException.class);
    }
}
