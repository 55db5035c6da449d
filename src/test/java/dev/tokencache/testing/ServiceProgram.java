package dev.tokencache.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * What tests start as the service: the jar, or the native executable if that is what is tested ({@code *NativeIT}, in
 * the Maven profile {@code native}).
 */
public final class ServiceProgram {

    private ServiceProgram() {}

    /** Whether the native executable is tested. */
    static boolean isNative() {
        return System.getProperty("tokencache.executable") != null;
    }

    /**
     * The command that starts it.
     *
     * @param options of the virtual machine: {@code -Dname=value}, {@code -Xmx}; the executable understands them too
     */
    public static List<String> command(List<String> options) {
        List<String> command = new ArrayList<>();
        if (isNative()) {
            command.add(property("tokencache.executable"));
            command.addAll(options);
        } else {
            command.add(ProcessHandle.current().info().command().orElse("java"));
            command.addAll(options);
            command.add("-jar");
            command.add(property("tokencache.jar"));
        }
        return command;
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException(name + " does not name the packaged service; run by failsafe");
        }
        return value;
    }
}
