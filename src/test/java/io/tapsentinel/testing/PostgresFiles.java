package io.tapsentinel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The files of PostgreSQL below {@code target}: binaries and an empty cluster, created once a build, and the clusters of each test JVM.
 * PostgreSQL refuses to run as root, so {@code setpriv} runs it as {@code nobody}. If that user cannot access {@code target}, the files
 * are in a folder below the temporary folder, which is not removed.
 */
final class PostgresFiles {

    static final String USER = "tap";

    private static final String BINARIES = "/postgres-linux-x86_64.txz";
    private static final Path TARGET = Path.of(System.getProperty("user.dir"), "target");
    private static PostgresFiles ours;

    private final Path base;
    private final Path unpacked;
    private final Path own;
    /** Lock held by this JVM, so that others recognise abandoned clusters. */
    private final FileChannel owner;

    private int clusters;

    /** The files of this JVM. */
    static synchronized PostgresFiles ours() throws IOException {
        if (ours == null) {
            ours = new PostgresFiles();
        }
        return ours;
    }

    private PostgresFiles() throws IOException {
        base = isReachable(TARGET)
                ? TARGET.resolve("postgres")
                : Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "tap-sentinel-postgres-" + Integer.toHexString(TARGET.hashCode()));
        makeFolder(base);
        makeFolder(base.resolve("clusters"));
        URL binaries = PostgresFiles.class.getResource(BINARIES);
        unpacked = base.resolve("unpacked-" + binaries.openConnection().getContentLengthLong());
        own = base.resolve("clusters/" + UUID.randomUUID());
        // two test JVMs may start in parallel
        try (FileChannel channel = open(base.resolve("lock"));
                FileLock lock = channel.lock()) {
            removeWhatIsLeftOver();
            if (!Files.exists(unpacked)) {
                unpack();
            }
            makeFolder(own);
            owner = open(own.resolve("owner"));
            owner.lock();
        }
    }

    /** A new folder for a server, with an empty cluster in {@code data}. */
    synchronized Path newCluster() throws IOException {
        Path folder = own.resolve(String.valueOf(++clusters));
        makeFolder(folder);
        CommandResult.of(
                        "cp",
                        "-a",
                        unpacked.resolve("data").toString(),
                        folder.resolve("data").toString())
                .assertSuccess();
        return folder;
    }

    /** Password of {@value #USER} in every cluster. */
    String password() throws IOException {
        return Files.readString(unpacked.resolve("password"));
    }

    /** Command line of a PostgreSQL program. */
    List<String> command(String program, String... arguments) {
        return command(unpacked, program, arguments);
    }

    private static List<String> command(Path unpacked, String program, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(unpacked.resolve("bin").resolve(program).toString()));
        command.addAll(List.of(arguments));
        return unprivileged(command);
    }

    /** Removes all clusters of this JVM; their servers must have ended. */
    void close() throws IOException {
        owner.close();
        CommandResult.of("rm", "-rf", own.toString()).assertSuccess();
    }

    /** Removes clusters of killed JVMs, whose servers have ended. */
    private void removeWhatIsLeftOver() throws IOException {
        List<Path> all;
        try (Stream<Path> folders = Files.list(base.resolve("clusters"))) {
            all = folders.toList();
        }
        for (Path folder : all) {
            try (FileChannel channel = open(folder.resolve("owner"));
                    FileLock lock = channel.tryLock()) {
                if (lock != null) {
                    CommandResult.of("rm", "-rf", folder.toString()).assertSuccess();
                }
            }
        }
    }

    /** Uses a temporary name until complete, in case the JVM is killed. */
    private void unpack() throws IOException {
        new Tool("xz", "xz-utils").require();
        Path incomplete = base.resolve("incomplete");
        CommandResult.of("rm", "-rf", incomplete.toString()).assertSuccess();
        makeFolder(incomplete);
        Path packed = incomplete.resolve("postgres.txz");
        try (InputStream binaries = PostgresFiles.class.getResourceAsStream(BINARIES)) {
            Files.copy(binaries, packed);
        }
        CommandResult.of("tar", "-xJf", packed.toString(), "--no-same-owner", "-C", incomplete.toString())
                .assertSuccess();
        Files.delete(packed);
        Path password = Files.writeString(
                incomplete.resolve("password"), UUID.randomUUID().toString());
        giveToUnprivileged(incomplete);
        List<String> initdb =
                command(incomplete, "initdb", "-D", incomplete.resolve("data").toString(), "-U", USER);
        initdb.add("--pwfile=" + password);
        initdb.addAll(List.of("--auth=scram-sha-256 -E UTF8 --no-locale --no-sync".split(" ")));
        CommandResult.of(initdb).assertSuccess();
        Files.move(incomplete, unpacked, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes the user that runs PostgreSQL the owner of these files. */
    static void giveToUnprivileged(Path files) {
        if (isRoot()) {
            CommandResult.of("chown", "-R", "nobody", files.toString()).assertSuccess();
        }
    }

    private static boolean isReachable(Path folder) {
        return Files.isDirectory(folder)
                && CommandResult.of(unprivileged(List.of("test", "-x", folder.toString())))
                        .succeeded();
    }

    private static List<String> unprivileged(List<String> command) {
        List<String> all = new ArrayList<>(
                isRoot() ? List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") : List.of());
        all.addAll(command);
        return all;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void makeFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
