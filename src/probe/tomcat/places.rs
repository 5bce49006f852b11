//! Where a Tomcat may be: its `CATALINA_BASE`, its `CATALINA_HOME` where that is told, and its server.xml.

use super::{below, units};
use crate::config::{Files as _, Matcher};
use crate::probe::process;
use crate::system::System;
use std::path::{Path, PathBuf};

/// One place with a server.xml, or the promise of one.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) base: PathBuf,
    pub(super) home: Option<PathBuf>,
    pub(super) server_xml: PathBuf,
    pub(super) unit: Option<String>,
    pub(super) running: Option<bool>,
    /// When it was started, where it runs; seconds since 1970.
    pub(super) started: Option<i64>,
    /// Whose process it is, where it runs.
    pub(super) user: Option<u32>,
}

/// Patterns of base folders, the distributions' own first.
const USUAL_BASES: [&str; 17] = [
    "/var/lib/tomcat10",
    "/var/lib/tomcat9",
    "/var/lib/tomcat11",
    "/var/lib/tomcat[0-9]*",
    "/usr/share/tomcat",
    "/usr/share/tomcat[0-9]*",
    "/opt/tomcat",
    "/opt/tomcat[0-9]*",
    "/opt/apache-tomcat-*",
    "/opt/apache-tomee-*",
    "/opt/tomee*",
    "/usr/local/tomcat*",
    "/usr/local/apache-tomcat-*",
    "/usr/local/apache-tomee-*",
    "/usr/local/tomee*",
    // Instances of RHEL's tomcat@.service, and of Debian's tomcat10-user put below /srv.
    "/var/lib/tomcats/*",
    "/srv/tomcat*",
];

/// What was found before any server.xml is read.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Every place, the surest first; the same server.xml may come up several times.
    pub(super) known: Vec<Place>,
    /// Those of running ones that nothing vouches for.
    pub(super) strange: Vec<Place>,
    /// The processes of those that run in a container.
    pub(super) in_containers: Vec<PathBuf>,
    /// The units that they were told by.
    units: Vec<units::Unit>,
}

/// Every place that units, usual folders and running processes tell of.
pub(super) fn all(system: &System) -> Places {
    let units = units::all(system);
    let is_machine = system.root().is_none();
    // Below a root prefix nothing runs that could be seen.
    let resting = is_machine.then_some(false);
    let mut known: Vec<Place> = Vec::new();
    known.extend(units.iter().map(|unit| Place {
        base: unit.base.clone(),
        home: unit.home.clone(),
        server_xml: below(&unit.base, "conf/server.xml"),
        unit: Some(unit.name.clone()),
        running: resting,
        started: None,
        user: None,
    }));
    let bases = USUAL_BASES.iter().flat_map(|pattern| system.glob(Path::new(pattern), Matcher::Apr));
    known.extend(bases.map(|base| Place {
        home: None,
        server_xml: below(&base, "conf/server.xml"),
        unit: units::of(system, &units, &base),
        running: resting,
        started: None,
        user: None,
        base,
    }));
    known.extend(system.glob(Path::new("/etc/tomcat*"), Matcher::Apr).into_iter().map(|folder| Place {
        base: base_of(system, &folder),
        home: None,
        server_xml: below(&folder, "server.xml"),
        unit: units::of(system, &units, &base_of(system, &folder)),
        running: resting,
        started: None,
        user: None,
    }));
    let (running, in_containers) = running(system);
    let (mut places, strange): (Vec<Place>, Vec<Place>) =
        running.into_iter().partition(|place| is_believed(system, place, &known));
    for place in &mut places {
        place.unit = units::of(system, &units, &place.base);
        place.home = place.home.take().filter(|home| *home == place.base || system.is_safe(home));
    }
    places.append(&mut known);
    Places { known: places, strange, in_containers, units }
}

impl Places {
    /// The place of a server.xml that a person names: that of the process that runs with it, else what its path tells.
    pub(super) fn named(&self, system: &System, server_xml: &Path, target: &Path) -> Place {
        let owner = system.owner(target);
        let real = |path: &Path| system.resolve(path).ok();
        // Anybody's process can say that it runs with this file, but not that another Tomcat's base is its own.
        let is_it = |place: &&Place| {
            real(&place.server_xml).as_deref() == Some(target)
                && real(&place.base).is_some_and(|base| target.starts_with(base))
        };
        let folder = target.parent().unwrap_or(Path::new("/"));
        let base = folder.parent().filter(|_| folder.ends_with("conf")).unwrap_or(folder).to_owned();
        let claims: Vec<&Place> = self.strange.iter().filter(is_it).collect();
        let own = claims.iter().copied().find(|place| place.user == owner);
        let running = own.or(claims.first().copied()).cloned();
        let place = running.unwrap_or_else(|| Place {
            unit: None,
            base,
            home: None,
            server_xml: server_xml.to_owned(),
            running: system.root().is_none().then_some(false),
            started: None,
            user: None,
        });
        let home = place.home.filter(|home| *home == place.base || system.is_safe(home));
        Place { unit: units::of(system, &self.units, &place.base), home, ..place }
    }
}

/// Whether what a process says of its files may be believed: whoever has an account can start one that says anything.
///
/// What a unit or a usual folder vouches for may belong to Tomcat's own user; anything else only to root or this user.
pub(super) fn is_believed(system: &System, place: &Place, known: &[Place]) -> bool {
    let real = |path: &Path| system.resolve(path).unwrap_or_else(|_| path.to_owned());
    let (base, server_xml) = (real(&place.base), real(&place.server_xml));
    let is_inside = server_xml.starts_with(&base);
    let is_same =
        |known: &Place| real(&known.base) == base && (is_inside || real(&known.server_xml) == server_xml);
    known.iter().any(is_same) || (system.is_safe(&place.base) && system.is_safe(&place.server_xml))
}

/// Bases of running JVMs, by their command lines, and the processes whose paths are not this machine's.
fn running(system: &System) -> (Vec<Place>, Vec<PathBuf>) {
    let (mut places, mut in_containers) = (Vec::new(), Vec::new());
    if system.root().is_some() {
        return (places, in_containers);
    }
    let processes = system.names(Path::new("/proc"));
    let numbers =
        processes.iter().filter_map(|name| name.to_str()).filter(|name| name.parse::<u32>().is_ok());
    for folder in numbers.map(|number| Path::new("/proc").join(number)) {
        let Ok(line) = system.read(&folder.join("cmdline")) else { continue };
        match from_command_line(&line) {
            Some(place) if process::is_of_this_machine(system, &folder) => {
                let (started, user) = (process::started(system, &folder), system.owner(&folder));
                places.push(Place { started, user, ..place });
            }
            Some(_) => in_containers.push(folder),
            None => {}
        }
    }
    (places, in_containers)
}

/// A Tomcat by its JVM's command line, arguments parted by NUL.
pub(super) fn from_command_line(line: &[u8]) -> Option<Place> {
    let arguments: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
    arguments.iter().find(|argument| *argument == "org.apache.catalina.startup.Bootstrap")?;
    let of =
        |key: &str| arguments.iter().rev().find_map(|argument| argument.strip_prefix(key)).map(PathBuf::from);
    let home = of("-Dcatalina.home=");
    let base = of("-Dcatalina.base=").or_else(|| home.clone()).filter(|base| base.is_absolute())?;
    let named = arguments.iter().position(|argument| argument == "-config");
    let file = named.and_then(|at| arguments.get(at + 1)).map_or("conf/server.xml", |file| file.as_ref());
    Some(Place {
        server_xml: below(&base, file),
        base,
        home,
        unit: None,
        running: Some(true),
        started: None,
        user: None,
    })
}

/// The base that goes with a folder of configuration, `/var/lib/tomcat10` with `/etc/tomcat10`.
fn base_of(system: &System, folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default();
    let usual = ["/var/lib", "/usr/share"].map(|parent| Path::new(parent).join(name));
    usual.into_iter().find(|base| system.is_dir(base)).unwrap_or_else(|| folder.to_owned())
}
