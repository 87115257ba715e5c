package io.tapsentinel.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Decides where a property's value comes from. In order of precedence: the environment (upper-cased, {@code .} and {@code -} as
 * {@code _}), system properties, {@code application.properties} in the working directory, the packaged file. Empty values are
 * ignored. Only properties that appear in one of the two files are looked up; the packaged file lists all of the program's own.
 */
public final class EffectiveProperties {

    public static final String FILE = "application.properties";

    private EffectiveProperties() {}

    /**
     * All effective values.
     *
     * @param folder      the working directory
     * @param environment variables, as in {@link System#getenv()}
     * @throws InvalidSettingException when the working directory's file cannot be read
     */
    public static Map<String, String> load(Path folder, Map<String, String> environment) {
        Properties packaged = packaged();
        Properties own = own(folder);
        Map<String, String> effective = new HashMap<>();
        for (String name : names(packaged, own)) {
            Stream.of(
                            environment.get(environmentName(name)),
                            System.getProperty(name),
                            own.getProperty(name),
                            packaged.getProperty(name))
                    .filter(value -> value != null && !value.isBlank())
                    .findFirst()
                    .ifPresent(value -> effective.put(name, value.strip()));
        }
        return effective;
    }

    /** The default of a property, from the packaged file; empty when it has none. */
    public static Optional<String> packaged(String name) {
        return Optional.ofNullable(packaged().getProperty(name))
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }

    /** Names of all known properties, with or without a value. */
    public static Set<String> names(Path folder) {
        return names(packaged(), own(folder));
    }

    private static Set<String> names(Properties packaged, Properties own) {
        Set<String> names = new TreeSet<>(packaged.stringPropertyNames());
        names.addAll(own.stringPropertyNames());
        return names;
    }

    private static Properties packaged() {
        Properties packaged = new Properties();
        try (InputStream in = EffectiveProperties.class.getResourceAsStream("/" + FILE)) {
            packaged.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("the package lacks " + FILE, e);
        }
        return packaged;
    }

    private static Properties own(Path folder) {
        Properties own = new Properties();
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            try (InputStream mine = Files.newInputStream(file)) {
                own.load(mine);
            } catch (IOException | IllegalArgumentException e) {
                throw new InvalidSettingException(
                        folder.toAbsolutePath().resolve(FILE) + " cannot be read: " + e.getMessage());
            }
        }
        return own;
    }

    /** The properties that routes can use: all but Camel's own and secrets. */
    public static Map<String, String> forRoutes(Map<String, String> effective) {
        Map<String, String> seen = new HashMap<>(effective);
        seen.keySet().removeIf(name -> name.startsWith("camel.") || name.equals("tap.secret"));
        return seen;
    }

    /** The environment variable of a property: {@code TAP_POLL_LOOK_BACK} for {@code tap.poll.look-back}. */
    public static String environmentName(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
