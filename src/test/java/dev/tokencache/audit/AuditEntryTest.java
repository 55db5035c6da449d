package dev.tokencache.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tokencache.audit.AuditEntry.Action;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AuditEntryTest {

    private static final String JTI = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd";

    private static AuditEntry entry(String caller, AuditTarget target) {
        return new AuditEntry(Action.EXPIRE_SUBJECT, caller, target, Result.UNDER_REPLICATED);
    }

    @Test
    void shouldContainActionCallerTargetAndResult() {
        AuditTarget token = AuditTarget.of(TokenId.parse(JTI).orElseThrow());

        assertThat(new AuditEntry(Action.RENEW, "login", token, Result.DONE).text())
                .isEqualTo("action=renew caller=login jti=" + JTI + " result=done");
        assertThat(new AuditEntry(Action.RENEW, "login", token, Result.DONE).json())
                .isEqualTo("{\"action\":\"renew\",\"caller\":\"login\",\"jti\":\"" + JTI + "\",\"result\":\"done\"}");
    }

    @Test
    void shouldNameASubjectByItsHash() {
        AuditTarget alice = AuditTarget.of(RoutingTag.ofSubject("alice"));

        assertThat(entry("desk", alice).text())
                .matches("action=expire_subject caller=desk subject=[\\w-]{16} result=under_replicated")
                .doesNotContain("alice");
    }

    @Test
    void shouldOmitAMissingTarget() {
        assertThat(entry("desk", AuditTarget.of(Optional.empty())).text())
                .isEqualTo("action=expire_subject caller=desk result=under_replicated");
        assertThat(entry("desk", AuditTarget.NOTHING).json())
                .isEqualTo("{\"action\":\"expire_subject\",\"caller\":\"desk\",\"result\":\"under_replicated\"}");
    }

    @Test
    void shouldEscapeCallerNames() throws Exception {
        String name = "a result=done\naction=create \"x\\";
        AuditEntry entry = entry(name, AuditTarget.NOTHING);

        assertThat(entry.text())
                .isEqualTo("action=expire_subject caller=\"a result=done\\naction=create \\\"x\\\\\" "
                        + "result=under_replicated");
        JsonNode json = new JsonMapper().readTree(entry.json());
        assertThat(json.get("caller").asText()).isEqualTo(name);
    }
}
