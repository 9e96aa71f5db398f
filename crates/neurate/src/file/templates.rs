//! Files to start from, for `neurate new`.

/// A file to start from.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its word on the command line.
    pub name: &'static str,
    /// One line on what it is.
    pub about: &'static str,
    /// The circuit file.
    pub text: &'static str,
}

/// All templates.
pub static TEMPLATES: &[Template] = &[
    Template {
        name: "ei",
        about: "two linear populations with strong, balanced feedback (Murphy & Miller 2009)",
        text: include_str!("templates/ei.toml"),
    },
    Template {
        name: "ssn",
        about: "a supralinear stabilized network (Ahmadian, Rubin & Miller 2013)",
        text: include_str!("templates/ssn.toml"),
    },
    Template {
        name: "four",
        about: "pyramidal cells with PV, SST and VIP interneurons",
        text: include_str!("templates/four.toml"),
    },
    Template {
        name: "random",
        about: "a sparse random network of 400 excitatory and 100 inhibitory units",
        text: include_str!("templates/random.toml"),
    },
    Template {
        name: "ring",
        about: "a ring of orientation columns with excitatory and inhibitory units",
        text: include_str!("templates/ring.toml"),
    },
    Template {
        name: "stabilize",
        about: "an unstable random network, to be stabilized: neurate stabilize FILE -o W.mtx",
        text: include_str!("templates/stabilize.toml"),
    },
    Template {
        name: "conductance",
        about: "conductance-based membranes, reduced to weights at the operating point",
        text: include_str!("templates/conductance.toml"),
    },
    Template {
        name: "lif",
        about: "leaky integrate-and-fire populations with noisy input",
        text: include_str!("templates/lif.toml"),
    },
    Template {
        name: "brunel",
        about: "a circuit of 12,500 integrate-and-fire neurons from in-degrees and jumps (Brunel 2000)",
        text: include_str!("templates/brunel.toml"),
    },
];

/// The text of a template.
pub fn template(kind: &str) -> Option<String> {
    TEMPLATES.iter().find(|t| t.name == kind).map(|t| t.text.to_string())
}
