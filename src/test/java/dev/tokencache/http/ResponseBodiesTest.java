package dev.tokencache.http;

import dev.tokencache.token.Audience;
import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResponseBodiesTest {

    private static final String JTI = Samples.ID.text();
    private static final Token LEAST = Samples.token(0, null, null, null);
    private static final Token MOST =
            Samples.token(60, "a b", Audience.of(List.of("x", "y")), "{\"n\":1.50E+3,\"deep\":{\"ü\":[null]}}");
    private static final String MIN_MEMBERS =
            "\"jti\":\"" + JTI + "\",\"sub\":\"alice\",\"iat\":1000,\"exp\":2000,\"client_id\":\"login\"";
    private static final String MAX_MEMBERS = "\"jti\":\"" + JTI
            + "\",\"sub\":\"alice\",\"iat\":1000,\"exp\":2000,\"idle_timeout\":60,\"scope\":\"a b\",\"aud\":[\"x\",\"y\"],"
            + "\"client_id\":\"login\",\"claims\":{\"n\":1.50E+3,\"deep\":{\"ü\":[null]}}";
    private static final Verdict UNKNOWN = new Verdict.Unknown(null);

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteRecord() {
        assertThat(text(ResponseBodies.record(LEAST))).isEqualTo("{" + MIN_MEMBERS + "}");
        assertThat(text(ResponseBodies.record(MOST))).isEqualTo("{" + MAX_MEMBERS + "}");
    }

    @Test
    void shouldWriteIssuedTokenWithItsString() {
        assertThat(text(ResponseBodies.issued(
                        new IssuedToken(new TokenString("0123456789abcdef"), MOST, Durability.AS_CONFIGURED))))
                .isEqualTo("{\"token\":\"0123456789abcdef\"," + MAX_MEMBERS + "}");
    }

    @Test
    void shouldWriteVerdicts() {
        assertThat(text(ResponseBodies.validation(new Verdict.Active(MOST))))
                .isEqualTo("{\"active\":true," + MAX_MEMBERS + "}");
        assertThat(text(ResponseBodies.validation(Verdict.INACTIVE))).isEqualTo("{\"active\":false}");
        assertThat(text(ResponseBodies.validations(List.of(UNKNOWN, new Verdict.Active(MOST), Verdict.INACTIVE))))
                .isEqualTo("{\"results\":[{\"active\":null,\"error\":\"store_unavailable\"},{\"active\":true,"
                        + MAX_MEMBERS + "},{\"active\":false}]}");
    }

    @Test
    void shouldMarkStaleVerdicts() {
        Verdict stale = new Verdict.Active(LEAST, Verdict.Basis.STALE);
        assertThat(text(ResponseBodies.validation(stale)))
                .isEqualTo("{\"active\":true," + MIN_MEMBERS + ",\"stale\":true}");
        assertThat(text(ResponseBodies.validations(List.of(stale, new Verdict.Active(LEAST)))))
                .isEqualTo("{\"results\":[{\"active\":true," + MIN_MEMBERS + ",\"stale\":true},{\"active\":true,"
                        + MIN_MEMBERS + "}]}");
        assertThat(text(ResponseBodies.introspection(stale))).contains("\"token_type\":\"Bearer\",\"stale\":true");
    }

    @Test
    void shouldNeverWriteUnknownAsInactive() {
        assertThatThrownBy(() -> ResponseBodies.validation(UNKNOWN)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> ResponseBodies.introspection(UNKNOWN)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> ResponseBodies.record(UNKNOWN)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> ResponseBodies.validations(List.of(UNKNOWN, UNKNOWN)))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void shouldWriteIntrospection() {
        assertThat(text(ResponseBodies.introspection(Verdict.INACTIVE))).isEqualTo("{\"active\":false}");
        assertThat(text(ResponseBodies.introspection(new Verdict.Active(MOST))))
                .isEqualTo("{\"active\":true,\"sub\":\"alice\",\"iat\":1000,\"exp\":2000,\"jti\":\"" + JTI
                        + "\",\"client_id\":\"login\",\"scope\":\"a b\",\"aud\":[\"x\",\"y\"],\"token_type\":\"Bearer\","
                        + "\"n\":1.50E+3,\"deep\":{\"ü\":[null]}}");
    }

    @Test
    void shouldOmitClaimsWithRegisteredNames() {
        Token impostor = Samples.token(
                0,
                null,
                Audience.of("x"),
                "{\"\\u0061ctive\":false,\"sub\":\"root\",\"scope\":{\"sub\":1},\"nbf\":9,\"iss\":[],\"mail\":{\"sub\":1}}");
        assertThat(text(ResponseBodies.introspection(new Verdict.Active(impostor))))
                .isEqualTo("{\"active\":true,\"sub\":\"alice\",\"iat\":1000,\"exp\":2000,\"jti\":\"" + JTI
                        + "\",\"client_id\":\"login\",\"aud\":\"x\",\"token_type\":\"Bearer\",\"mail\":{\"sub\":1}}");
    }

    @Test
    void shouldOmitClaimsWhoseNamesEqualRegisteredOnesAsHeaders() {
        Token impostor = Samples.token(
                0,
                null,
                null,
                "{\"access_token\":{\"sub\":\"root\"},\"Sub\":\"root\",\"client-id\":\"x\",\"CLIENT.ID\":\"x\",\"subs\":1,\"Mail\":2}");
        assertThat(text(ResponseBodies.introspection(new Verdict.Active(impostor))))
                .isEqualTo("{\"active\":true,\"sub\":\"alice\",\"iat\":1000,\"exp\":2000,\"jti\":\"" + JTI
                        + "\",\"client_id\":\"login\",\"token_type\":\"Bearer\",\"subs\":1,\"Mail\":2}");
    }

    @Test
    void shouldWriteSubject() {
        assertThat(text(ResponseBodies.subject("älice", new SubjectTokens(OptionalLong.of(1_999), List.of(LEAST)))))
                .isEqualTo("{\"sub\":\"älice\",\"not_before\":1,\"tokens\":[{" + MIN_MEMBERS + "}]}");
        assertThat(text(ResponseBodies.subject("a", new SubjectTokens(OptionalLong.empty(), List.of()))))
                .isEqualTo("{\"sub\":\"a\",\"tokens\":[]}");
        assertThat(text(ResponseBodies.expiredSubject("a\"b", new SubjectNotBefore(1_999, Durability.AS_CONFIGURED))))
                .isEqualTo("{\"sub\":\"a\\\"b\",\"not_before\":1}");
    }

    @Test
    void shouldMarkUnreplicatedAndJournaledWrites() {
        assertThat(text(ResponseBodies.expiredSubject("a", new SubjectNotBefore(1_999, Durability.UNDER_REPLICATED))))
                .isEqualTo("{\"sub\":\"a\",\"not_before\":1,\"replicated\":false}");
        assertThat(text(ResponseBodies.renewed(new TokenStore.Renewal.Renewed(LEAST, Durability.UNDER_REPLICATED))))
                .isEqualTo("{" + MIN_MEMBERS + ",\"replicated\":false}");
        assertThat(text(ResponseBodies.renewed(new TokenStore.Renewal.Renewed(LEAST, Durability.JOURNALED))))
                .isEqualTo("{" + MIN_MEMBERS + ",\"journaled\":true}");
        assertThat(text(ResponseBodies.renewed(new TokenStore.Renewal.Renewed(LEAST))))
                .isEqualTo("{" + MIN_MEMBERS + "}");
    }
}
