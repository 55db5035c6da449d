import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Makes the classes that Quarkus generates the same in every build of the same sources. Quarkus 3.33 generates them with
 * several threads, and some names and lists have the order in which the threads arrive: the keys of the values that one
 * recorded step passes to another ({@code proxykey47}), the fields of {@code SharedConfig} ({@code configClass$23}), and the
 * resolvers of values in templates. This class gives them the order of the file, or of their names.
 *
 * <p>It also sorts the classes that Quarkus has changed. Their order, and the one of the index, depends on the folders of
 * the project and of the Maven repository: Quarkus goes through the jars in the order of their paths.
 *
 * <p>It does nothing about the random order of sets and maps: see {@code FixedOrder}. Later versions of Quarkus need
 * neither for generated classes (pull requests 53025, 53086 and 53358).
 */
public final class GeneratedBytecode {

    private static final Pattern KEY = Pattern.compile("proxykey\\d+");
    private static final String CONFIG_CLASS = "configClass$";
    private static final int INDEX_MAGIC = 0xa07ca3e;
    private static final int INDEX_VERSION = 2;
    private static final String SHARED_CONFIG = "io/quarkus/runtime/generated/SharedConfig";

    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, String> fields = new HashMap<>();

    private GeneratedBytecode() {}

    /**
     * Replaces the generated files.
     *
     * @param arguments the path of {@code quarkus-app/quarkus}
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path generated = folder.resolve("generated-bytecode.jar");
        Files.write(generated, new GeneratedBytecode().normalize(generated));
        Path transformed = folder.resolve("transformed-bytecode.jar");
        Files.write(transformed, zip(read(transformed), time(transformed)));
        Path index = folder.resolve("quarkus-application.dat");
        Files.write(index, sortIndex(Files.readAllBytes(index)));
    }

    /** Sorts the names at the top of the jars, which are read into a set. The index begins as AotSerializedApplication says. */
    private static byte[] sortIndex(byte[] index) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(index));
                DataOutputStream out = new DataOutputStream(bytes)) {
            int magic = in.readInt();
            int version = in.readInt();
            if (magic != INDEX_MAGIC || version != INDEX_VERSION) {
                throw new IllegalStateException("quarkus-application.dat has another format");
            }
            out.writeInt(magic);
            out.writeInt(version);
            out.writeUTF(in.readUTF()); // the main class
            writeNames(out, readNames(in)); // the folders that are indexed, a constant
            List<String> names = readNames(in);
            names.sort(null);
            writeNames(out, names);
            in.transferTo(out);
        }
        return bytes.toByteArray();
    }

    private static List<String> readNames(DataInputStream in) throws IOException {
        List<String> names = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            names.add(in.readUTF());
        }
        return names;
    }

    private static void writeNames(DataOutputStream out, List<String> names) throws IOException {
        out.writeInt(names.size());
        for (String name : names) {
            out.writeUTF(name);
        }
    }

    private byte[] normalize(Path jar) throws IOException {
        SortedMap<String, byte[]> contents = read(jar);
        SortedMap<String, ClassNode> changed = new TreeMap<>();
        contents.forEach((name, content) -> {
            if (name.startsWith("io/quarkus/run") && name.endsWith(".class")) {
                changed.put(name, parse(content));
            }
        });
        sortConfigClasses(changed.get(SHARED_CONFIG + ".class"));
        changed.values().forEach(this::rename);
        changed.forEach((name, type) -> contents.put(name, write(type)));
        return zip(contents, time(jar));
    }

    private static SortedMap<String, byte[]> read(Path jar) throws IOException {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                contents.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return contents;
    }

    /** All entries of a jar have one time. */
    private static LocalDateTime time(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.entries().nextElement().getTimeLocal();
        }
    }

    private static byte[] zip(Map<String, byte[]> contents, LocalDateTime time) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : contents.entrySet()) {
                ZipEntry copy = new ZipEntry(entry.getKey());
                copy.setTimeLocal(time);
                out.putNextEntry(copy);
                out.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static ClassNode parse(byte[] bytes) {
        ClassNode type = new ClassNode();
        new ClassReader(bytes).accept(type, 0);
        return type;
    }

    private static byte[] write(ClassNode type) {
        ClassWriter writer = new ClassWriter(0);
        type.accept(writer);
        return writer.toByteArray();
    }

    /** Sorts the statements that load configuration classes or assign one to a field, and numbers the fields in this order. */
    private void sortConfigClasses(ClassNode sharedConfig) {
        InsnList code = sharedConfig.methods.stream()
                .filter(method -> method.name.equals("<clinit>"))
                .findFirst()
                .orElseThrow()
                .instructions;
        List<List<AbstractInsnNode>> statements = configStatements(code);
        AbstractInsnNode before = statements.get(0).get(0).getPrevious();
        statements.forEach(statement -> statement.forEach(code::remove));
        statements.sort(Comparator.comparing(GeneratedBytecode::text));
        for (List<AbstractInsnNode> statement : statements) {
            if (last(statement) instanceof FieldInsnNode field) {
                fields.put(field.name, CONFIG_CLASS + fields.size());
            }
            for (AbstractInsnNode instruction : statement) {
                code.insert(before, instruction);
                before = instruction;
            }
        }
    }

    /** The statements in question. No other one may stand between them: their order must not matter. */
    private static List<List<AbstractInsnNode>> configStatements(InsnList code) {
        List<List<AbstractInsnNode>> statements = new ArrayList<>();
        List<AbstractInsnNode> statement = new ArrayList<>();
        boolean ended = false;
        for (AbstractInsnNode instruction : code) {
            statement.add(instruction);
            boolean load = instruction instanceof MethodInsnNode call && call.name.equals("ensureLoaded");
            if (load || instruction.getOpcode() == Opcodes.PUTSTATIC) {
                if (load || ((FieldInsnNode) instruction).name.startsWith(CONFIG_CLASS)) {
                    if (ended) {
                        throw new IllegalStateException("another statement among those of configuration classes");
                    }
                    statements.add(statement);
                } else {
                    ended = !statements.isEmpty();
                }
                statement = new ArrayList<>();
            }
        }
        return statements;
    }

    /** The method that a statement calls, and its arguments. */
    private static String text(List<AbstractInsnNode> statement) {
        StringBuilder text = new StringBuilder();
        for (AbstractInsnNode instruction : statement) {
            if (instruction instanceof LdcInsnNode constant) {
                text.append(constant.cst).append(' ');
            } else if (instruction instanceof MethodInsnNode call) {
                text.insert(0, ' ').insert(0, call.name);
            }
        }
        return text.toString();
    }

    private static AbstractInsnNode last(List<AbstractInsnNode> statement) {
        return statement.get(statement.size() - 1);
    }

    private void rename(ClassNode type) {
        for (MethodNode method : type.methods) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof LdcInsnNode constant
                        && constant.cst instanceof String text
                        && KEY.matcher(text).matches()) {
                    constant.cst = keys.computeIfAbsent(text, key -> "proxykey" + (keys.size() + 1));
                } else if (instruction instanceof FieldInsnNode field && field.owner.equals(SHARED_CONFIG)) {
                    field.name = fields.getOrDefault(field.name, field.name);
                }
            }
            if (type.name.endsWith("ConfigCustomizer")) {
                sortMappings(method.instructions);
            } else if (type.name.contains("QuteProcessor$initializeGeneratedClasses")) {
                sortResolvers(method.instructions);
            }
        }
    }

    /** Sorts the statements that add a configuration class to the builder. They differ only in the field. */
    private static void sortMappings(InsnList code) {
        List<FieldInsnNode> read = new ArrayList<>();
        for (AbstractInsnNode instruction : code) {
            // A second field is the configuration that the build has read; those statements are in order already.
            if (instruction instanceof FieldInsnNode field
                    && field.getOpcode() == Opcodes.GETSTATIC
                    && field.owner.equals(SHARED_CONFIG)
                    && field.name.startsWith(CONFIG_CLASS)
                    && !(field.getNext().getNext() instanceof FieldInsnNode)) {
                read.add(field);
            }
        }
        List<String> names = read.stream().map(field -> field.name).sorted().toList();
        for (int i = 0; i < names.size(); i++) {
            read.get(i).name = names.get(i);
        }
    }

    /** Sorts the names of the classes that resolve values in templates. Qute sorts the resolvers by priority. */
    private static void sortResolvers(InsnList code) {
        List<LdcInsnNode> read = new ArrayList<>();
        for (AbstractInsnNode instruction : code) {
            if (instruction instanceof LdcInsnNode constant && constant.cst.toString().contains("_ValueResolver")) {
                read.add(constant);
            }
        }
        List<String> names =
                read.stream().map(constant -> constant.cst.toString()).sorted().toList();
        for (int i = 0; i < names.size(); i++) {
            read.get(i).cst = names.get(i);
        }
    }
}
