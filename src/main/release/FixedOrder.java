import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.internal.org.objectweb.asm.ClassReader;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.MethodVisitor;
import jdk.internal.org.objectweb.asm.Opcodes;
import jdk.internal.org.objectweb.asm.ClassVisitor;

/**
 * Writes a copy of {@code java.util.ImmutableCollections} of this JDK whose sets and maps have the same order in every
 * process. The original takes a random order from the clock, and Quarkus 3.33 generates code in this order.
 */
final class FixedOrder {

    private static final int API = Opcodes.ASM8;

    private FixedOrder() {}

    /**
     * Writes the class.
     *
     * @param arguments the folder for {@code --patch-module java.base=FOLDER}
     */
    public static void main(String[] arguments) throws IOException {
        ClassWriter writer = new ClassWriter(0);
        int[] replaced = {0};
        try (InputStream original = Object.class.getResourceAsStream("/java/util/ImmutableCollections.class")) {
            new ClassReader(original).accept(new ClassVisitor(API, writer) {
                @Override
                public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
                    return new MethodVisitor(API, super.visitMethod(access, name, type, generic, thrown)) {
                        @Override
                        public void visitMethodInsn(int code, String owner, String called, String type, boolean inInterface) {
                            if (owner.equals("java/lang/System") && called.equals("nanoTime")) {
                                replaced[0]++;
                                visitLdcInsn(1L);
                            } else {
                                super.visitMethodInsn(code, owner, called, type, inInterface);
                            }
                        }
                    };
                }
            }, 0);
        }
        if (replaced[0] != 1) {
            throw new IllegalStateException("this JDK takes its random order from elsewhere: use a JDK 17");
        }
        Path folder = Files.createDirectories(Path.of(arguments[0], "java/util"));
        Files.write(folder.resolve("ImmutableCollections.class"), writer.toByteArray());
    }
}
