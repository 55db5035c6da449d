package clients;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Starts three applications of Spring Boot, with the properties files {@code introspection} and {@code identity} of the
 * working directory, and prints their URLs. Then answers each line "method command token" with one line, by the Nimbus SDK.
 */
public final class Main {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Site.class)
    static class Application {}

    @RestController
    static class Site {
        @GetMapping("/me")
        String me(Principal user) {
            return user.getName();
        }
    }

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // Spring's log.
        System.setOut(System.err);
        answers.println(start(WebApplicationType.SERVLET, "introspection", Application.class, Introspection.class));
        answers.println(start(WebApplicationType.REACTIVE, "introspection", Application.class));
        answers.println(start(WebApplicationType.SERVLET, "identity", Application.class, Identity.class));
        ClientID id = new ClientID("shop");
        Secret secret = new Secret(System.getenv("TOKENS_SECRET"));
        URI service = URI.create(System.getenv("TOKENS_URL"));
        Map<String, Tokens> methods = Map.of(
                "basic", new Tokens(service, new ClientSecretBasic(id, secret)),
                "post", new Tokens(service, new ClientSecretPost(id, secret)));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            answers.println(answer(methods.get(words[0]), words[1], words[2]));
        }
        System.exit(0);
    }

    private static String start(WebApplicationType type, String properties, Class<?>... sources) {
        return "http://127.0.0.1:" + new SpringApplicationBuilder(sources)
                .web(type)
                .properties(Map.of(
                        "spring.config.location", "file:" + properties + ".properties",
                        "server.address", "127.0.0.1",
                        "server.port", 0,
                        "spring.main.banner-mode", "off"))
                .run()
                .getEnvironment()
                .getRequiredProperty("local.server.port");
    }

    private static String answer(Tokens tokens, String command, String token) {
        try {
            if (command.equals("revoke")) {
                tokens.revoke(token);
                return "revoked";
            }
            TokenIntrospectionSuccessResponse verdict = tokens.introspect(token);
            return verdict.isActive() ? "active " + verdict.getSubject() : "inactive";
        } catch (IOException | ParseException failure) {
            return "failed " + failure;
        }
    }
}
