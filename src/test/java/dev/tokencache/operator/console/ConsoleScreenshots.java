package dev.tokencache.operator.console;

import dev.tokencache.testing.ServiceProcess;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.OutputType;

/**
 * Takes the pictures of docs/console.md, after some minutes of load. No part of the suite:
 * {@code -Dit.test=ConsoleScreenshots -Dscreenshots=docs/images/console}.
 */
class ConsoleScreenshots {

    private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("screenshots.seconds", 120));
    private static final Path FOLDER = Path.of(System.getProperty("screenshots", "target/screenshots"));
    private static final String USER = "alice@example.org";

    @Test
    void takePictures() throws IOException {
        Chromium.require();
        Files.createDirectories(FOLDER);
        try (ConsoleSite site = new ConsoleSite();
                Chromium browser = Chromium.start()) {
            site.api.create(Map.of(
                    "sub", USER, "idle_timeout", 1800, "scope", "mail calendar", "claims", Map.of("name", "Alice")));
            site.api.create(Map.of("sub", USER, "expires_in", 600, "aud", "shop"));
            load(site);
            site.runDoctor();
            browser.open(URI.create(site.page("")
                    .toString()
                    .replace("://", "://" + ServiceProcess.CALLER + ":" + ServiceProcess.SECRET + "@")));
            browser.resize(1280, 800);
            for (String page : List.of("cluster", "doctor", "migration", "journal")) {
                take(site, browser, page, page);
            }
            take(site, browser, "subject?sub=" + USER, "subject");
            take(site, browser, "drill?type=handover", "drill");
            take(site, browser, "", "now");
            browser.dark(true);
            take(site, browser, "", "now-dark");
            browser.dark(false);
            browser.resize(360, 800);
            take(site, browser, "", "now-narrow");
        }
    }

    private static void load(ConsoleSite site) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            Response created = site.api.create(Map.of("sub", "user-" + i));
            tokens.add(created.path("token"));
        }
        tokens.addAll(List.of("a-session-that-ended-01", "a-session-that-ended-02", "a-session-that-ended-03"));
        site.api.expireSubject("user-0");
        long start = System.nanoTime();
        for (long passed = 0; passed < LOAD.toNanos(); passed = System.nanoTime() - start) {
            double wave = 1 + 0.4 * Math.sin(passed / 8e9);
            site.api.validate(tokens.subList(0, (int) (wave * 60)));
            site.api.validate(tokens.get((int) (wave * 60)));
            site.api.validate(tokens.subList(80, tokens.size()));
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static void take(ConsoleSite site, Chromium browser, String page, String name) throws IOException {
        browser.open(site.page(page));
        if (browser.count("[sse-connect]") > 0) {
            Awaitility.await().until(() -> browser.text("#connection").equals("live"));
        }
        Files.write(FOLDER.resolve(name + ".png"), browser.driver().getScreenshotAs(OutputType.BYTES));
    }
}
