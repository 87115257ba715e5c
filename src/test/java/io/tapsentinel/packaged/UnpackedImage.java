package io.tapsentinel.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.Children;
import io.tapsentinel.testing.CommandResult;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The image's layers unpacked into one folder, on top of this machine's Java instead of a base image. Programs start as in a
 * container engine: by the image's entry point, user, folder and environment, with a root file system that is read-only except for
 * the image's volumes. This needs root, which {@code chroot --userspec} then drops.
 */
final class UnpackedImage {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Folders of the machine that Java needs. */
    private static final List<String> BASE = List.of("/usr", "/etc", "/proc", "/dev");

    private static final List<String> LINKS = List.of("bin", "lib", "lib64", "sbin");

    private final Path root;
    private final JsonNode config;
    private final List<String> layers;

    private UnpackedImage(Path root, JsonNode config, List<String> layers) {
        this.root = root;
        this.config = config;
        this.layers = layers;
    }

    static UnpackedImage of(Path tar, Path folder) throws IOException {
        Path parts = Files.createDirectories(folder.resolve("parts"));
        Path root = Files.createDirectories(folder.resolve("root"));
        CommandResult.of("tar", "-xf", tar.toString(), "-C", parts.toString()).assertSuccess();
        JsonNode manifest =
                JSON.readTree(parts.resolve("manifest.json").toFile()).get(0);
        List<String> layers = new ArrayList<>();
        for (JsonNode layer : manifest.get("Layers")) {
            layers.add(layer.asText());
            CommandResult.of(
                            "tar",
                            "-xzf",
                            parts.resolve(layer.asText()).toString(),
                            "-C",
                            root.toString(),
                            "--numeric-owner",
                            "--same-permissions")
                    .assertSuccess();
        }
        return new UnpackedImage(
                root,
                JSON.readTree(parts.resolve(manifest.get("Config").asText()).toFile()),
                layers);
    }

    /** Names of the layers: digests of their content. */
    List<String> layers() {
        return layers;
    }

    JsonNode config() {
        return config.get("config");
    }

    /** The image's creation time. */
    Instant created() {
        return Instant.parse(config.get("created").asText());
    }

    /** The folder with the unpacked layers. */
    Path root() {
        return root;
    }

    /** Starts its entry point with these arguments. */
    Process start(Path output, Map<String, String> environment, String... arguments) throws IOException {
        Tool.require(
                CommandResult.of("unshare", "--mount", "--propagation", "private", "true")
                        .succeeded(),
                "mounts of our own are not permitted");
        StringBuilder script = new StringBuilder("set -e\nmount --bind \"$ROOT\" \"$ROOT\"\n");
        for (String part : BASE) {
            Files.createDirectories(root.resolve(part.substring(1)));
            script.append("mount --rbind ")
                    .append(part)
                    .append(" \"$ROOT")
                    .append(part)
                    .append("\"\n");
        }
        for (String link : LINKS) {
            if (!Files.isSymbolicLink(root.resolve(link))) {
                Files.createSymbolicLink(root.resolve(link), Path.of("usr", link));
            }
        }
        String user = config().get("User").asText();
        for (var volumes = config().get("Volumes").fieldNames(); volumes.hasNext(); ) {
            String volume = volumes.next();
            Files.createDirectories(root.resolve(volume.substring(1)));
            // a volume with fsGroup in Kubernetes: root owns it, so the program cannot change its permissions
            script.append("mount -t tmpfs -o mode=2770,uid=0,gid=")
                    .append(user.split(":")[1])
                    .append(" tmpfs \"$ROOT")
                    .append(volume)
                    .append("\"\n");
        }
        script.append("mount -o remount,ro,bind \"$ROOT\"\n")
                .append("exec chroot --userspec=")
                .append(user)
                .append(" \"$ROOT\" /usr/bin/env -i \"$@\"\n");
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                script.toString(),
                "sh",
                "-C",
                config().get("WorkingDir").asText()));
        Map<String, String> variables =
                new TreeMap<>(Map.of("PATH", Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin"));
        config().path("Env")
                .forEach(variable -> variables.put(
                        variable.asText().split("=", 2)[0], variable.asText().split("=", 2)[1]));
        variables.putAll(environment);
        variables.forEach((name, value) -> command.add(name + "=" + value));
        config().get("Entrypoint").forEach(word -> command.add(word.asText()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("ROOT", root.toString());
        return Children.start(builder);
    }
}
