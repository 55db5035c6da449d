package dev.tokencache.operator.doctor;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Properties;

/**
 * What {@code doctor/checks.properties} says about a check.
 *
 * @param severity the worst status of a finding: {@code error} or {@code warn}
 * @param fix the commands, where there are some
 */
public record CheckTexts(String title, String severity, String symptom, String impact, String fix, String url) {

    private static final String RUNBOOK = "docs/runbooks/doctor.md#";
    private static final Properties FILE = read();

    public static CheckTexts of(String code) {
        return new CheckTexts(
                text(code, "title"),
                text(code, "severity"),
                text(code, "symptom"),
                text(code, "impact"),
                text(code, "fix"),
                RUNBOOK + code.toLowerCase(Locale.ROOT));
    }

    private static String text(String code, String name) {
        String text = FILE.getProperty(code + "." + name);
        if (text == null) {
            throw new IllegalArgumentException("checks.properties lacks " + code + "." + name);
        }
        return text;
    }

    private static Properties read() {
        try (var file = CheckTexts.class.getResourceAsStream("/doctor/checks.properties")) {
            Properties properties = new Properties();
            properties.load(new InputStreamReader(file, StandardCharsets.UTF_8));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
