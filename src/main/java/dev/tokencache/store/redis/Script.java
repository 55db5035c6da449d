package dev.tokencache.store.redis;

import dev.tokencache.redis.command.FencedRequest;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Lua script with one key. It is called by its SHA-1 ({@code EVALSHA}). A node that does not know it yet receives the
 * source ({@code EVAL}) and then caches it.
 *
 * <p>Every call says until when the node may run it; a node whose clock shows a later time replies with {@code LATE}. See
 * docs/adr/0014.
 */
public final class Script {

    private static final byte[] ONE_KEY = {'1'};

    /** The last argument is the fence, on the node's clock in milliseconds. A user without the command TIME has no fence. */
    private static final String FENCE = """
            if redis.replicate_commands then redis.replicate_commands() end
            local fence = tonumber(table.remove(ARGV))
            do
              local time = redis.pcall('TIME')
              if not time.err then
                local millis = time[1] * 1000 + math.floor(time[2] / 1000)
                if millis > fence then return redis.error_reply('LATE ' .. string.format('%.0f', millis)) end
              end
            end
            """;

    private final byte[] source;
    private final byte[] sha1;

    private Script(String source) {
        this.source = (FENCE + source).getBytes(StandardCharsets.UTF_8);
        this.sha1 = sha1(this.source).getBytes(StandardCharsets.US_ASCII);
    }

    /** The script that consists of these files of the resource folder {@code lua}: the functions that it uses, then its body. */
    public static Script of(String... files) {
        return new Script(Stream.of(files).map(Script::source).collect(Collectors.joining()));
    }

    /** One file of the resource folder {@code lua}, without its comments. */
    public static String source(String file) {
        try (InputStream lua = Script.class.getResourceAsStream("/lua/" + file + ".lua")) {
            if (lua == null) {
                throw new IllegalStateException("the service was built without " + file + ".lua");
            }
            return new String(lua.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^ *--.*\\n", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FencedRequest bySha1(byte[] key, byte[]... arguments) {
        return fence -> request(Command.EVALSHA, sha1, key, arguments, fence);
    }

    FencedRequest whole(byte[] key, byte[]... arguments) {
        return fence -> request(Command.EVAL, source, key, arguments, fence);
    }

    private static Request request(Command command, byte[] script, byte[] key, byte[][] arguments, long fence) {
        Request request = Request.cmd(command).arg(script).arg(ONE_KEY).arg(key);
        for (byte[] argument : arguments) {
            request.arg(argument);
        }
        return request.arg(RedisCommands.number(fence));
    }

    /** Redis identifies scripts by their SHA-1. This is not a security feature. */
    private static String sha1(byte[] source) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
