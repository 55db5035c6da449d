package dev.tokencache.operator.console;

import com.sun.net.httpserver.HttpServer;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/** The console in a real browser, on a real cluster. */
class ConsoleBrowserIT {

    private static final String HTML = "\"><img src=x onerror=alert(1)><script>alert(2)</script>";

    private static ConsoleSite site;
    private static Chromium browser;

    @BeforeAll
    static void start() {
        Chromium.require();
        site = new ConsoleSite();
        browser = Chromium.start();
        browser.open(URI.create(site.page("")
                .toString()
                .replace("://", "://" + ServiceProcess.CALLER + ":" + ServiceProcess.SECRET + "@")));
        browser.errors();
        browser.requests();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (site != null) {
            site.close();
        }
    }

    @AfterEach
    void asBefore() {
        browser.resize(1280, 800);
        browser.dark(false);
        browser.scripts(true);
        browser.open(URI.create("about:blank"));
        browser.errors();
        browser.requests();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    /** Waits until the browser shows what a click has led to. */
    private static void awaitText(String css, String text) {
        await().untilAsserted(() -> assertThat(browser.text(css)).contains(text));
    }

    /** The pages of the navigation, and the one that only a page links to. */
    private static List<String> pages() {
        browser.open(site.page(""));
        List<String> pages = browser.driver().findElements(By.cssSelector("nav a")).stream()
                .map(link -> link.getDomAttribute("href").substring("/console/".length()))
                .toList();
        assertThat(pages).contains("", "cluster", "doctor", "migration", "journal", "subject");
        return Stream.concat(pages.stream(), Stream.of("history", "nothing")).toList();
    }

    private static void openLive(String page) {
        browser.open(site.page(page));
        if (browser.count("[sse-connect]") > 0) {
            await().until(() -> browser.text("#connection").equals("live"));
        }
    }

    private static void openSubject(String sub) {
        browser.open(site.page("subject?sub=" + URLEncoder.encode(sub, StandardCharsets.UTF_8)));
    }

    private static Response create(String sub) {
        Response created = site.api.create(Map.of("sub", sub));
        assertThat(created.statusCode()).isEqualTo(201);
        return created;
    }

    @Test
    void eachPageIsLiveAndRequestsNothingFromOtherHosts() {
        for (String page : pages()) {
            openLive(page);

            assertThat(browser.count("h1")).isEqualTo(1);
            assertThat(browser.text("nav")).contains("Cluster");
            List<String> errors = browser.errors();
            if (!page.equals("nothing")) {
                assertThat(browser.text("footer")).contains("signed in as " + ServiceProcess.CALLER);
                assertThat(errors).as(page).isEmpty();
            }
            assertThat(browser.requests())
                    .as(page)
                    .isNotEmpty()
                    .allMatch(address -> address.getScheme().equals("data")
                            || address.getAuthority().equals(site.page("").getAuthority()));
        }
    }

    @Test
    void eachPageIsAccessibleInLightAndDark() {
        site.api.create(Map.of("sub", "accessible", "idle_timeout", 60, "scope", "read", "claims", Map.of("a", 1)));
        site.runDoctor();
        List<String> pages = Stream.concat(pages().stream(), Stream.of("subject?sub=accessible"))
                .toList();
        for (String page : pages) {
            openLive(page);
            for (boolean isDark : List.of(false, true)) {
                browser.dark(isDark);
                assertThat(browser.accessibilityFindings())
                        .as("%s, dark: %s", page, isDark)
                        .isEmpty();
            }
        }
    }

    @Test
    void eachPageFitsIntoANarrowWindow() {
        create("narrow");
        site.runDoctor();
        browser.resize(360, 640);
        for (String page :
                Stream.concat(pages().stream(), Stream.of("subject?sub=narrow")).toList()) {
            openLive(page);
            assertThat((Long) browser.script("return document.documentElement.scrollWidth"))
                    .as(page)
                    .isLessThanOrEqualTo(360);
        }
    }

    @Test
    void theFirstPageShowsAValidationWithoutAReload() {
        openLive("");
        browser.script("window.isSamePage = true");
        List<String> tokens = IntStream.range(0, 50)
                .mapToObj(i -> site.api.tokenFor("validated"))
                .toList();

        site.api.validate(tokens).then().statusCode(200);

        await().until(() -> {
            String perSecond = browser.text(".figure .value");
            return perSecond.matches("[0-9.]+/s.*") && !perSecond.startsWith("0/s");
        });
        assertThat(browser.script("return window.isSamePage")).isEqualTo(true);
        browser.find("a[href='/console/history']").click();
        assertThat(browser.count("tbody tr")).isPositive();
    }

    @Test
    void theClusterPageShowsAFailOverWithoutAReload() {
        TestNode master = site.cluster.masterOf(0);
        TestNode replica = site.cluster.replicasOf(master).get(0);
        openLive("cluster");
        browser.script("window.isSamePage = true");
        assertThat(masterOfTheFirstShard()).endsWith(":" + master.port());

        replica.failOver();
        try {
            await().until(() -> masterOfTheFirstShard().endsWith(":" + replica.port()));
            assertThat(browser.script("return window.isSamePage")).isEqualTo(true);
            assertThat(browser.text("#connection")).isEqualTo("live");
        } finally {
            site.cluster.heal();
        }
    }

    private static String masterOfTheFirstShard() {
        assertThat(browser.text(".shard h2")).startsWith("Slots 0-");
        return browser.text(".shard .nodes li:first-child code");
    }

    @Test
    void theFooterSaysWhenTheValuesAreOld() {
        openLive("cluster");
        signal("STOP");
        try {
            await().until(() -> browser.text("#connection").equals("not live: the values are old"));
        } finally {
            signal("CONT");
        }
        await().until(() -> browser.text("#connection").equals("live"));
    }

    private static void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(site.service.processId()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCallersStoreIsShownAsText() {
        site.api
                .create(Map.of("sub", HTML, "scope", "<b>", "aud", HTML, "claims", Map.of(HTML, HTML)))
                .then()
                .statusCode(201);

        openSubject(HTML);

        assertThat(browser.text("h2")).isEqualTo("Active tokens of " + HTML);
        assertThat(browser.text(".tokens")).contains("<b>", HTML);
        assertThat(browser.find("input[name=sub]").getDomProperty("value")).isEqualTo(HTML);
        assertIsText();
    }

    @Test
    void whatAnAddressContainsIsShownAsText() {
        String html = URLEncoder.encode(HTML, StandardCharsets.UTF_8);
        for (String page : List.of("subject?sub=" + html + "&next=" + html, "?notice=" + html, html, "live/" + html)) {
            browser.open(site.page(page));
            assertIsText();
        }
    }

    @Test
    void whatOthersWriteIntoRedisIsShownAsText() {
        String beat =
                "{\"at\":%d,\"version\":\"%s\",\"clock_ahead\":\"x\",\"load\":{\"per_second\":\"NaN\"},\"fingerprints\":{\"<b>\":\"<b>\"}}"
                        .formatted(System.currentTimeMillis(), HTML.replace("\"", "\\\""));
        site.writeField("{instances}", HTML, beat);
        for (String junk : List.of("", "null", "[]", "\"at\"", "{\"at\":{}}", "{\"at\":1e400}", "\u0000")) {
            site.writeField("{instances}", "junk" + junk, junk);
            site.writeField("{drill}", "junk" + junk, junk);
        }
        site.writeField(
                "{drill}",
                HTML,
                "{\"report\":{\"id\":\"%1$s\",\"type\":\"%1$s\",\"verdict\":\"%1$s\",\"reasons\":[\"%1$s\"]}}"
                        .formatted(HTML.replace("\"", "\\\"")));

        browser.open(site.page("doctor"));
        browser.find("form button").click();
        awaitText(".notice", "Doctor has examined the cluster.");
        assertIsText();
        for (String page : pages()) {
            openLive(page);
            assertIsText();
        }
        openLive("");
        assertThat(browser.text("tbody")).contains(HTML);
    }

    /** No element of the attack exists, and none of its scripts has run: a dialog would make each command fail. */
    private static void assertIsText() {
        assertThat(browser.count("h1")).isEqualTo(1);
        assertThat(browser.count("[onerror], img, iframe, main script, main b b, body > script"))
                .as(browser.driver().getCurrentUrl())
                .isZero();
        assertThat(browser.errors()).noneMatch(error -> error.contains("Content Security Policy"));
    }

    @Test
    void oneTokenIsExpiredByATypedConfirmation() {
        Response first = create("confirmed");
        Response second = create("confirmed");

        openSubject("confirmed");
        fill(form("expire-token", first.path("jti")), "yes");
        awaitText("[role=alert]", "confirmation must be exactly: expire");
        assertThat(site.api.isActive(first.path("token"))).isTrue();

        openSubject("confirmed");
        fill(form("expire-token", first.path("jti")), "expire");
        awaitText(".notice", "The token is expired.");
        assertThat(browser.text(".tokens"))
                .contains(second.<String>path("jti"))
                .doesNotContain(first.<String>path("jti"));
        assertThat(site.api.isActive(first.path("token"))).isFalse();
        assertThat(site.api.isActive(second.path("token"))).isTrue();
        assertThat(site.auditLines())
                .contains(
                        "action=expire caller=" + ServiceProcess.CALLER + " jti=" + first.path("jti") + " result=done");
    }

    @Test
    void allOtherTokensAndThenAllAreExpired() {
        Response kept = create("several");
        Response other = create("several");

        openSubject("several");
        fill(form("expire-others", kept.path("jti")), "several");
        awaitText(".notice", "All other tokens of this subject are expired.");
        assertThat(site.api.isActive(kept.path("token"))).isTrue();
        assertThat(site.api.isActive(other.path("token"))).isFalse();

        fill(browser.find("form[action$=expire-all]"), "someone else");
        awaitText("[role=alert]", "must be exactly: several");
        assertThat(site.api.isActive(kept.path("token"))).isTrue();

        openSubject("several");
        fill(browser.find("form[action$=expire-all]"), "several");
        awaitText(".notice", "All tokens of this subject are expired.");
        awaitText(".empty", "No active token.");
        assertThat(site.api.isActive(kept.path("token"))).isFalse();
        String subject = kept.<String>path("jti").substring(0, 16);
        assertThat(site.auditLines())
                .filteredOn(("action=expire_subject caller=" + ServiceProcess.CALLER + " subject=" + subject
                        + " result=done")::equals)
                .hasSize(2);
    }

    private static WebElement form(String action, String jti) {
        return browser.driver()
                .findElement(By.xpath("//form[contains(@action,'" + action + "')][input[@value='" + jti + "']]"));
    }

    private static void fill(WebElement form, String confirmation) {
        form.findElement(By.xpath("../summary")).click();
        form.findElement(By.name("confirmation")).sendKeys(confirmation);
        form.findElement(By.tagName("button")).click();
    }

    @Test
    void theDialIsTurnedByATypedConfirmation() {
        browser.open(site.page("migration"));
        WebElement form = browser.find("form[action$='migration/change']");
        form.findElement(By.xpath("../summary")).click();
        form.findElement(By.cssSelector("option:nth-child(3)")).click();
        String step = form.findElement(By.cssSelector("option:nth-child(3)")).getText();
        form.findElement(By.name("read_percent")).sendKeys("60");
        form.findElement(By.name("force")).click();
        form.findElement(By.name("confirmation")).sendKeys(step);
        form.findElement(By.tagName("button")).click();

        awaitText(".notice", "The migration is changed.");
        await().until(() -> browser.text(".verdict").contains("60 of 100 tokens"));
        assertThat(browser.text(".dial [aria-current=step]")).isEqualTo(step);
    }

    @Test
    void pagesAndFormsWorkWithoutScripts() {
        browser.scripts(false);
        for (String page : pages()) {
            browser.open(site.page(page));
            assertThat(browser.text("main")).hasSizeGreaterThan(20);
            assertThat(browser.text("#connection")).isEmpty();
        }
        Response created = create("scriptless");
        openSubject("scriptless");
        fill(form("expire-token", created.path("jti")), "expire");
        awaitText(".notice", "The token is expired.");
        assertThat(site.api.isActive(created.path("token"))).isFalse();
    }

    @Test
    void theKeyboardReachesEverything() {
        create("keyboard");
        openSubject("keyboard");
        press(Keys.TAB);
        assertThat(focused()).isEqualTo("Skip to the content");
        Set<String> reached = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            reached.add(focused());
            press(Keys.TAB);
        }
        assertThat(reached).contains("Now", "Cluster", "Show its tokens", "Expire it", "Expire all others");

        openSubject("keyboard");
        press(Keys.TAB);
        press(Keys.ENTER);
        press(Keys.TAB);
        assertThat(browser.driver().switchTo().activeElement().getDomAttribute("name"))
                .isEqualTo("sub");
    }

    @Test
    void theFocusSurvivesNewValues() {
        openLive("history");
        await().until(() -> browser.count("tbody tr") > 0);
        browser.script("document.querySelector('.scroll').focus(); document.querySelector('.scroll').isOld = true");
        await().until(() -> browser.script("return document.querySelector('.scroll').isOld ?? false")
                .equals(false));
        assertThat(browser.script("return document.activeElement.id")).isEqualTo("values");
    }

    private static void press(Keys key) {
        browser.driver().switchTo().activeElement().sendKeys(key);
    }

    private static String focused() {
        return browser.driver().switchTo().activeElement().getText();
    }

    @Test
    void aPageOfAnotherSiteCannotSendAForm() throws Exception {
        Response created = create("forged");
        String form = """
                <form id="get" action="%1$s"></form>
                <form id="post" method="post" action="%1$s/expire-all">
                <input name="sub" value="forged"><input name="confirmation" value="forged"></form>
                """.formatted(site.page("subject"));
        HttpServer other = otherSite(form);
        try {
            for (String host : List.of("localhost", "127.0.0.1")) {
                URI page =
                        URI.create("http://" + host + ":" + other.getAddress().getPort() + "/");
                browser.open(page);
                browser.script("document.getElementById('get').submit()");
                await().until(() -> browser.text("footer").contains("signed in as " + ServiceProcess.CALLER));

                browser.open(page);
                browser.script("document.getElementById('post').submit()");
                await().until(() -> browser.text("h1").equals("Forbidden"));
                awaitText("[role=alert]", "only a form of the console");
            }
        } finally {
            other.stop(0);
        }
        assertThat(site.api.isActive(created.path("token"))).isTrue();
    }

    @Test
    void aPageOfAnotherSiteCannotFrameTheConsole() throws Exception {
        HttpServer other = otherSite("<iframe src='" + site.page("subject") + "'></iframe>");
        try {
            browser.open(URI.create("http://localhost:" + other.getAddress().getPort() + "/"));
            List<String> errors = browser.errors();
            assertThat(errors).anyMatch(error -> error.contains("frame"));
            browser.driver().switchTo().frame(0);
            assertThat(browser.count("nav")).isZero();
        } finally {
            other.stop(0);
            browser.driver().switchTo().defaultContent();
        }
    }

    private static HttpServer otherSite(String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] page = ("<!DOCTYPE html><html><body>" + body + "</body></html>").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }
}
