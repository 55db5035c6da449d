package dev.tokencache.operator.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tokencache.testing.SystemPackage;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.StreamSupport;
import org.openqa.selenium.By;
import org.openqa.selenium.UnexpectedAlertBehaviour;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium, with what it logs and requests. */
final class Chromium implements AutoCloseable {

    private static final String PROGRAM = "/usr/bin/chromium";
    private static final String DRIVER = "/usr/bin/chromedriver";
    private static final JsonMapper JSON = new JsonMapper();
    private static final String AXE = axe();
    /** Would warn that it has no classes for this version's own protocol, which nothing here needs. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    /** @param impact {@code minor}, {@code moderate}, {@code serious} or {@code critical} */
    record Finding(String rule, String impact, String elements) {}

    private final ChromeDriver driver;

    private Chromium(ChromeDriver driver) {
        this.driver = driver;
    }

    static void require() {
        SystemPackage.require("chromium", PROGRAM);
        SystemPackage.require("chromium-driver", DRIVER);
    }

    static Chromium start() {
        SELENIUM.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(PROGRAM);
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,800");
        // A dialog makes the next command fail.
        options.setUnhandledPromptBehaviour(UnexpectedAlertBehaviour.IGNORE);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER))
                .usingAnyFreePort()
                .build();
        Chromium chromium = new Chromium(new ChromeDriver(service, options));
        chromium.driver.manage().timeouts().implicitlyWait(Duration.ofSeconds(10));
        return chromium;
    }

    private static String axe() {
        try (InputStream in = Chromium.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChromeDriver driver() {
        return driver;
    }

    void open(URI address) {
        driver.get(address.toString());
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    String text(String css) {
        // Not by an element: the next live part may replace it in between.
        return (String) script("return document.querySelector(arguments[0])?.innerText ?? ''", css);
    }

    long count(String css) {
        return (Long) script("return document.querySelectorAll(arguments[0]).length", css);
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    void dark(boolean isDark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
    }

    /** Lets pages run scripts or not. The test's own scripts always run. */
    void scripts(boolean isOn) {
        driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", !isOn));
    }

    /** What the browser has reported as an error since the last call, such as a violation of the content security policy. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getMessage())
                .toList();
    }

    /** The addresses that the browser has requested since the last call. */
    List<URI> requests() {
        List<URI> requests = new ArrayList<>();
        driver.manage().logs().get(LogType.PERFORMANCE).forEach(entry -> {
            JsonNode message = json(entry.getMessage()).path("message");
            if (message.path("method").asText().equals("Network.requestWillBeSent")) {
                requests.add(URI.create(
                        message.path("params").path("request").path("url").asText()));
            }
        });
        return requests;
    }

    /** The serious and critical findings of axe on the present page. */
    List<Finding> accessibilityFindings() {
        script(AXE);
        Object found = driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "axe.run(document, {resultTypes: ['violations']})"
                + ".then(result => done(JSON.stringify(result.violations)), failure => done(String(failure)));");
        return StreamSupport.stream(json((String) found).spliterator(), false)
                .map(violation -> new Finding(
                        violation.path("id").asText(),
                        violation.path("impact").asText(),
                        violation.path("nodes").findValuesAsText("html").toString()))
                .filter(finding ->
                        finding.impact().equals("serious") || finding.impact().equals("critical"))
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
