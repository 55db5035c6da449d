package dev.tokencache.simulation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.OneArgFunction;
import org.luaj.vm2.lib.TwoArgFunction;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;

/** The Lua interpreter of one node: runs scripts as {@code EVAL} does, and knows those that it has run. */
final class LuaScripts {

    /** Runs a command of a script. */
    @FunctionalInterface
    interface Commands {

        /** @throws RedisError for an error reply */
        @Nullable
        Object run(List<String> words);
    }

    private final Globals globals = JsePlatform.standardGlobals();
    private final Map<String, LuaValue> known = new HashMap<>();
    private Commands commands = words -> null;

    LuaScripts() {
        LuaTable redis = new LuaTable();
        redis.set("call", new Call(true));
        redis.set("pcall", new Call(false));
        redis.set("replicate_commands", new OneArgFunction() {
            @Override
            public LuaValue call(LuaValue unused) {
                return LuaValue.TRUE;
            }
        });
        redis.set("error_reply", new OneArgFunction() {
            @Override
            public LuaValue call(LuaValue message) {
                return errorTable(message.tojstring());
            }
        });
        globals.set("redis", redis);
        globals.get("string").set("format", new WholeNumber());
    }

    /** {@code string.format('%.0f', number)}; luaj's own format ignores the precision. */
    private static final class WholeNumber extends TwoArgFunction {
        @Override
        public LuaValue call(LuaValue format, LuaValue number) {
            if (!format.tojstring().equals("%.0f")) {
                throw new LuaError("the simulation does not know the format " + format);
            }
            return LuaValue.valueOf(String.format(Locale.ROOT, "%.0f", number.checkdouble()));
        }
    }

    /** Forgets all scripts, as a restart does. */
    void flush() {
        known.clear();
    }

    /** {@code EVAL}, which also makes the script known. */
    @Nullable
    Object eval(String source, List<String> keys, List<String> arguments, Commands ran) {
        return run(known.computeIfAbsent(sha1(source), sha1 -> globals.load(source)), keys, arguments, ran);
    }

    /** {@code EVALSHA}. */
    @Nullable
    Object evalSha(String sha1, List<String> keys, List<String> arguments, Commands ran) {
        LuaValue script = known.get(sha1);
        if (script == null) {
            throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
        }
        return run(script, keys, arguments, ran);
    }

    private @Nullable Object run(LuaValue script, List<String> keys, List<String> arguments, Commands ran) {
        globals.set("KEYS", table(keys));
        globals.set("ARGV", table(arguments));
        commands = ran;
        try {
            return reply(script.call());
        } catch (LuaError failure) {
            if (failure.getCause() instanceof RedisError error) {
                throw error;
            }
            throw new RedisError("ERR Error running script: " + failure.getMessage());
        }
    }

    private final class Call extends VarArgFunction {
        private final boolean isThrowing;

        Call(boolean isThrowing) {
            this.isThrowing = isThrowing;
        }

        @Override
        public Varargs invoke(Varargs arguments) {
            List<String> words = new ArrayList<>(arguments.narg());
            for (int i = 1; i <= arguments.narg(); i++) {
                words.add(text(arguments.checkstring(i)));
            }
            try {
                return value(commands.run(words));
            } catch (RedisError error) {
                if (isThrowing) {
                    throw new LuaError(error);
                }
                return errorTable(error.getMessage());
            }
        }
    }

    private static LuaTable errorTable(String message) {
        LuaTable error = new LuaTable();
        error.set("err", message);
        return error;
    }

    private static LuaTable table(List<String> words) {
        LuaTable table = new LuaTable();
        for (int i = 0; i < words.size(); i++) {
            table.set(i + 1, string(words.get(i)));
        }
        return table;
    }

    private static LuaString string(String bytes) {
        return LuaString.valueOf(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(LuaString string) {
        return new String(string.m_bytes, string.m_offset, string.m_length, StandardCharsets.ISO_8859_1);
    }

    /** See the Redis documentation, "Data type conversion": nil becomes false. */
    private static LuaValue value(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return LuaValue.valueOf((double) number);
        }
        if (reply instanceof String text) {
            return string(text);
        }
        if (reply instanceof Replies.Status status) {
            LuaTable table = new LuaTable();
            table.set("ok", status.text());
            return table;
        }
        if (reply instanceof List<?> list) {
            LuaTable table = new LuaTable();
            for (int i = 0; i < list.size(); i++) {
                table.set(i + 1, value(list.get(i)));
            }
            return table;
        }
        return LuaValue.FALSE;
    }

    /** The reverse: a number loses its fraction, false and nil become nil, and a table ends at its first nil. */
    private static @Nullable Object reply(LuaValue result) {
        if (result.type() == LuaValue.TNUMBER) {
            return (long) result.todouble();
        }
        if (result.isstring()) {
            return text(result.strvalue());
        }
        if (result.isboolean()) {
            return result.toboolean() ? 1L : null;
        }
        if (!result.istable()) {
            return null;
        }
        if (!result.get("err").isnil()) {
            throw new RedisError(result.get("err").tojstring());
        }
        if (!result.get("ok").isnil()) {
            return new Replies.Status(result.get("ok").tojstring());
        }
        List<Object> list = new ArrayList<>();
        for (int i = 1; !result.get(i).isnil(); i++) {
            list.add(reply(result.get(i)));
        }
        return list;
    }

    private static String sha1(String source) {
        try {
            byte[] bytes = source.getBytes(StandardCharsets.ISO_8859_1);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
