package io.tapsentinel.report;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The {@code routes check} command. */
public final class Routes {

    private Routes() {}

    /**
     * @param folder null for the routes that a start in this directory would run
     * @throws InvalidSettingException if the folder has no routes or a check found a problem
     */
    public static void check(String folder, Map<String, String> properties, PrintStream out) {
        RouteFiles files = folder == null ? RouteFiles.effective(Path.of("")) : RouteFiles.in(Path.of(folder));
        String name = folder != null
                ? folder
                : RouteFiles.areIn(Path.of(RouteFiles.FOLDER)) ? RouteFiles.FOLDER : "the packaged routes";
        if (files.texts().isEmpty()) {
            throw new InvalidSettingException("no " + RouteFiles.PATTERN + " file in " + name);
        }
        List<String> problems = RouteContract.check(files, properties);
        problems.forEach(out::println);
        if (!problems.isEmpty()) {
            throw new InvalidSettingException(
                    name + ": " + HumanText.count(problems.size(), "problem") + "; the program refuses these routes");
        }
        out.println(name + ": " + HumanText.count(files.texts().size(), "file") + " OK");
    }
}
