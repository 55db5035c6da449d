package dev.tokencache.deploy;

import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The attacks of {@code src/test/resources/attacks}, which every web server receives. */
final class Attacks {

    /** All identity headers. */
    static final List<String> IDENTITY = List.of(
            "X-Auth-Subject",
            "X-Auth-Token-Id",
            "X-Auth-Expires",
            "X-Auth-Scope",
            "X-Auth-Claims",
            "X-Auth-Claims-Omitted",
            "X-Auth-Stale",
            "X-Auth-Identity");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(r|n|t|\\\\|x[0-9a-f]{2})");

    private Attacks() {}

    /** Each spelling of each identity header. */
    static Set<String> identityHeaders() {
        Set<String> attacks = new LinkedHashSet<>();
        for (String line : lines("identity-headers.txt")) {
            for (String name : IDENTITY) {
                String last = name.substring("X-Auth-".length());
                attacks.add(unescape(line.replace("Scope", last)
                        .replace("scope", last.toLowerCase(Locale.ROOT))
                        .replace("SCOPE", last.toUpperCase(Locale.ROOT))));
            }
        }
        return attacks;
    }

    static List<String> connectionHeaders() {
        return lines("connection-headers.txt").stream().map(Attacks::unescape).toList();
    }

    static List<String> addresses() {
        return lines("addresses.txt").stream().map(Attacks::unescape).toList();
    }

    private static List<String> lines(String file) {
        try (InputStream in = Attacks.class.getResourceAsStream("/attacks/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unescape(String line) {
        return ESCAPE.matcher(line).replaceAll(found -> Matcher.quoteReplacement(character(found.group(1))));
    }

    private static String character(String escape) {
        return switch (escape) {
            case "r" -> "\r";
            case "n" -> "\n";
            case "t" -> "\t";
            case "\\" -> "\\";
            default -> Character.toString(Integer.parseInt(escape.substring(1), 16));
        };
    }

    /** The identity as a gateway interface can read it: names in capitals, underscores for all but letters and digits. */
    static Map<String, List<String>> identity(Map<String, List<String>> headers) {
        Map<String, List<String>> identity = new TreeMap<>();
        headers.forEach((name, values) -> {
            String variable = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
            if (variable.startsWith("X_AUTH_")) {
                identity.computeIfAbsent(variable, key -> new ArrayList<>())
                        .addAll(values.stream().map(Attacks::contents).toList());
            }
        });
        return identity;
    }

    /** The {@code jti} of a signed identity, or any other value unchanged. */
    private static String contents(String value) {
        try {
            return SignedJWT.parse(value).getJWTClaimsSet().getJWTID();
        } catch (ParseException notSigned) {
            return value;
        }
    }

    /** An attack as a test reports it. */
    static String printable(String attack) {
        return attack.chars()
                .mapToObj(c -> c < 0x20 || c > 0x7e ? String.format("\\x%02x", c) : Character.toString(c))
                .collect(Collectors.joining());
    }
}
