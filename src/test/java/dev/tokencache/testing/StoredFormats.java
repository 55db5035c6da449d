package dev.tokencache.testing;

import dev.tokencache.token.Audience;
import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Properties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a released version stores and sends, as literals of {@code stored-formats.properties}. A test per format holds that this
 * version reads them, and writes the same. Never change a literal: the previous version runs next to this one.
 */
public final class StoredFormats {

    /** When the literals were written, in milliseconds since the epoch. */
    public static final long NOW = 1_795_000_000_123L;

    public static final TokenId ID =
            new TokenId(RoutingTag.ofSubject("alice"), TokenHash.ofText("AAECAwQFBgcICQoLDA0ODxAR"));

    /** A token with every field. */
    public static final Token TOKEN = new Token(
            ID,
            "alice",
            "login",
            NOW,
            1_795_028_800L,
            1_795_086_400L,
            28_800,
            600,
            NOW,
            "read write",
            Audience.of("https://shop.example"),
            Claims.ofJson("{\"a\":1}".getBytes(StandardCharsets.UTF_8)));

    private static final Properties LITERALS = load();

    private StoredFormats() {}

    private static Properties load() {
        Properties literals = new Properties();
        try (InputStream in = StoredFormats.class.getResourceAsStream("/stored-formats.properties")) {
            literals.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return literals;
    }

    public static String text(String name) {
        return LITERALS.getProperty(name, "missing: " + name);
    }

    public static byte[] bytes(String name) {
        return HexFormat.of().parseHex(text(name));
    }

    /** Fails unless this version writes the literal. */
    public static void assertWritten(String name, String written) {
        assertThat(written).as(name).isEqualTo(text(name));
    }

    /** As {@link #assertWritten(String, String)}, for bytes. */
    public static void assertWritten(String name, byte[] written) {
        assertWritten(name, HexFormat.of().formatHex(written));
    }
}
