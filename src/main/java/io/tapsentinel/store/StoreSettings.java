package io.tapsentinel.store;

import io.tapsentinel.config.SettingReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Properties of the store: its location and the account's name in it. */
public final class StoreSettings {

    private static final String URL = "state.url";
    private static final int LONGEST_SOURCE = 100;
    private static final String SQLITE = "jdbc:sqlite:";
    /** Excludes {@code :memory:}, {@code file:} and options, for which the driver would use another file or none. */
    private static final Pattern PATH = Pattern.compile("(?!:|\\w{2,}:)[^?\\x00]*[^?\\x00/]");

    private static final Pattern SERVER = Pattern.compile("jdbc:postgresql://[^/?@]+/[^/?]+(\\?[^#]*)?");
    /** Credentials have their own properties; TLS and time-outs cannot be changed. */
    private static final Pattern NOT_IN_URL =
            Pattern.compile("[?&](user|password|ssl\\w*|socketFactory\\w*|options|authenticationPluginClassName"
                    + "|\\w+Timeout|tcpKeepAlive)=");

    private StoreSettings() {}

    public static StoreAddress address(SettingReader read) {
        String url = read.required(URL);
        if (url.startsWith(SQLITE) && isFile(url.substring(SQLITE.length()))) {
            return StoreAddress.of(url);
        }
        if (!SERVER.matcher(url).matches()) {
            throw SettingReader.bad(
                    URL,
                    SettingReader.withoutSecrets(url),
                    "jdbc:sqlite: and the path of a file, without file: and options,"
                            + " or jdbc:postgresql://host:port/database");
        }
        if (NOT_IN_URL.matcher(url).find()) {
            throw SettingReader.bad(
                    URL,
                    SettingReader.withoutSecrets(url),
                    "without user, password, time-outs and TLS parameters: set state.user and"
                            + " state.password-file; TLS (tls.ca-file) is used for every server but this machine");
        }
        read.require("state.user", "state.password|state.password-file");
        return new StoreAddress(
                url,
                read.required("state.user"),
                read.secret("state.password"),
                read.text("tls.ca-file").orElse(""));
    }

    /** The account's name in the store. Quartz's columns limit it to 120 characters, file names to 255 bytes. */
    public static String source(SettingReader read) {
        String source = read.required("tap.source");
        if (source.length() > LONGEST_SOURCE) {
            throw SettingReader.bad("tap.source", source, "at most " + LONGEST_SOURCE + " characters long");
        }
        return source;
    }

    private static boolean isFile(String path) {
        return PATH.matcher(path).matches() && !path.matches("(.*/)?\\.\\.?") && !Files.isDirectory(Path.of(path));
    }
}
