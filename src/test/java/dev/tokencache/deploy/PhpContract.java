package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceApi;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What PHP-FPM behind a web server reads from a request: its interface turns dots and others into underscores. */
interface PhpContract extends AttackContract {

    String SIGNED = "HTTP_X_AUTH_IDENTITY=eyJ[\\w.-]+\n";

    @Test
    default void shouldGivePhpNoForgedIdentity() {
        Map<String, ?> token = ServiceApi.known(
                        () -> site().api().create(Map.of("sub", "alice", "scope", "read write")))
                .jsonPath()
                .getMap("");
        String identity =
                "HTTP_X_AUTH_EXPIRES=%s\nHTTP_X_AUTH_SCOPE=read write\nHTTP_X_AUTH_SUBJECT=alice\nHTTP_X_AUTH_TOKEN_ID=%s\n"
                        .formatted(token.get("exp"), token.get("jti"));
        Set<String> attacks = new LinkedHashSet<>(Attacks.identityHeaders());
        attacks.addAll(Attacks.connectionHeaders());
        List<String> failures = new ArrayList<>();

        try (WebServer php = PhpFpm.start(site())) {
            String unharmedAnswer =
                    attack(PhpFpm.SCRIPT, "X-Other: a", token.get("token").toString());
            assertThat(unharmedAnswer.contains("HTTP_X_AUTH_IDENTITY=")).isEqualTo(forwardsSignedIdentity());
            assertThat(unharmedAnswer.replaceFirst(SIGNED, ""))
                    .as(php.output())
                    .startsWith("HTTP/1.1 200 ")
                    .contains(identity);
            for (String attack : attacks) {
                String answer = attack(PhpFpm.SCRIPT, attack, token.get("token").toString())
                        .replaceFirst(SIGNED, "");
                boolean unharmed = answer.startsWith("HTTP/1.1 200 ")
                        && answer.contains(identity)
                        && answer.split("HTTP_X_AUTH", -1).length == 5;
                if (!unharmed && !answer.startsWith("HTTP/1.1 400 ")) {
                    failures.add(Attacks.printable(attack) + " -> " + answer);
                }
            }
        }

        assertThat(failures).isEmpty();
    }
}
