package dev.tokencache.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * The program that tests start as the service: the jar, or the native executable in a {@code *NativeIT} (Maven profile
 * {@code native}).
 */
public final class ServiceProgram {

    private ServiceProgram() {}

    /**
     * The command line.
     *
     * @param options JVM options such as {@code -Dname=value} and {@code -Xmx}; the executable accepts them, too
     */
    public static List<String> command(List<String> options) {
        String executable = System.getProperty("tokencache.executable");
        List<String> command = new ArrayList<>();
        command.add(
                executable == null ? ProcessHandle.current().info().command().orElse("java") : executable);
        command.addAll(options);
        if (executable == null) {
            // Such a process lives for seconds: the second compiler would cost more than it saves.
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            command.addAll(ServiceArchive.options());
            command.addAll(List.of("-jar", jar()));
        }
        return command;
    }

    private static String jar() {
        String jar = System.getProperty("tokencache.jar");
        if (jar == null) {
            throw new IllegalStateException("tokencache.jar does not name the packaged service; run by failsafe");
        }
        return jar;
    }
}
