package io.tapsentinel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A certificate authority with a server certificate for 127.0.0.1 and some names. */
public final class TestAuthority {

    public static final String PASSWORD = "not-a-secret";

    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private static TestAuthority shared;

    private final Path folder;

    /**
     * An authority shared by all tests of this process, since generating keys takes seconds, with the names of {@link CloudServices}. Its
     * folder is deleted with the process.
     */
    public static synchronized TestAuthority shared() throws IOException {
        if (shared == null) {
            Path folder = Files.createTempDirectory("tapsentinel-authority");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            shared = new TestAuthority(folder, CloudServices.NAMES);
        }
        return shared;
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param names host names in addition to 127.0.0.1 */
    public TestAuthority(Path folder, String... names) throws IOException {
        this.folder = Files.createDirectories(folder);
        keytool(
                "authority",
                "-genkeypair -alias authority -keyalg EC -ext bc:c -validity 2 -dname CN=authority-of-a-test");
        keytool("authority", "-exportcert -alias authority -rfc -file", file().toString());
        keytool("server", "-genkeypair -alias server -keyalg EC -validity 2 -dname CN=server-of-a-test");
        keytool("server", "-certreq -alias server -file", at("server.csr"));
        String alternatives =
                Stream.of(names).map(name -> ",DNS:" + name).collect(Collectors.joining("", "SAN=IP:127.0.0.1", ""));
        keytool(
                "authority",
                "-gencert -alias authority -rfc -validity 2 -ext " + alternatives + " -infile",
                at("server.csr"),
                "-outfile",
                at("server.pem"));
        Files.writeString(
                folder.resolve("chain.pem"), Files.readString(folder.resolve("server.pem")) + Files.readString(file()));
        keytool("server", "-importcert -alias server -noprompt -file", at("chain.pem"));
    }

    /** The authority's certificate, PEM. */
    public Path file() {
        return folder.resolve("authority.pem");
    }

    /** Key and certificate of the server. */
    public Path serverKeys() {
        return folder.resolve("server.p12");
    }

    /** A PEM file with a client's key and certificate in the form that Microsoft Entra ID requires. */
    public static Path clientCertificate(Path folder) throws IOException, GeneralSecurityException {
        Path store = Files.createDirectories(folder).resolve("client.p12");
        keytool(store, "-genkeypair -alias client -keyalg RSA -validity 2 -dname CN=client-of-a-test");
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        return Files.writeString(
                folder.resolve("client.pem"),
                pem("PRIVATE KEY", keys.getKey("client", PASSWORD.toCharArray()).getEncoded())
                        + pem("CERTIFICATE", keys.getCertificate("client").getEncoded()));
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + PEM.encodeToString(content) + "\n-----END " + what + "-----\n";
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private void keytool(String store, String options, String... more) {
        keytool(folder.resolve(store + ".p12"), options, more);
    }

    /** @param options separated by spaces; arguments with spaces follow */
    private static void keytool(Path store, String options, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC"));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of(more));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        CommandResult.of(command).assertSuccess();
    }
}
